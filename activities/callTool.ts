import { Context } from '@temporalio/activity';
import type { AgentActivities, ToolCall, ToolResult } from '../workflows/contract';
import { describeCall, oneLine } from '../workflows/text';
import { withPulse } from './pulse';
import { openWorkspace, runTool, WorkspaceError } from './tools';

export interface CallToolDeps {
  /** Directories that agents may work in; undefined allows any. */
  workspaceRoots?: readonly string[];
}

export function createCallTool(deps: CallToolDeps): AgentActivities['callTool'] {
  return async (call) => {
    const doing = describeCall(call.name, call.input, 120);
    return withPulse(
      Context.current(),
      call.progress,
      doing,
      (pulse) => run(call, deps, pulse.signal),
      (result) => result.aborted === true,
    );
  };
}

/** A workflow task may not be held open for long: until it is answered, no signal and no query gets through to its agent. */
const TRY_MS = 200;

export function createTryTool(deps: CallToolDeps): AgentActivities['tryTool'] {
  return async (call) => {
    const signal = AbortSignal.any([Context.current().cancellationSignal, AbortSignal.timeout(TRY_MS)]);
    const result = await run(call, deps, signal);
    return result.aborted ? null : result;
  };
}

async function run(call: ToolCall, deps: CallToolDeps, signal: AbortSignal): Promise<ToolResult> {
  if (call.malformedInput !== undefined) return notJson(call.name, call.malformedInput);
  try {
    const workspace = await openWorkspace(call.workspace, rootsOption(deps));
    const answer = await runTool(call.name, call.input, { workspace, signal });
    return signal.aborted ? { ...answer, aborted: true } : answer;
  } catch (error) {
    if (error instanceof WorkspaceError) return { text: error.message, isError: true };
    throw error;
  }
}

function rootsOption({ workspaceRoots: roots }: CallToolDeps) {
  return roots ? { roots } : {};
}

function notJson(name: string, text: string): ToolResult {
  return {
    text: `The arguments of ${name} are not valid JSON: ${oneLine(text, 200)} Call it again, corrected.`,
    isError: true,
  };
}
