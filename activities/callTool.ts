import { Context } from '@temporalio/activity';
import type { AgentActivities, ToolCall, ToolResult } from '../workflows/contract';
import { describeCall, oneLine } from '../workflows/text';
import type { Measures, ToolOutcome } from './measures';
import { withPulse } from './pulse';
import { withoutKeys } from './redact';
import { openWorkspace, runTool, WorkspaceError } from './tools';

export interface CallToolDeps {
  /** Directories that agents may work in; undefined allows any. */
  workspaceRoots?: readonly string[];
  measures: Measures;
  /** Keys of this worker, which no answer may hold, whatever file they were found in. */
  keys?: () => readonly string[];
}

export function createCallTool(deps: CallToolDeps): AgentActivities['callTool'] {
  return async (call) => {
    const doing = describeCall(call.name, call.input, 120);
    return withPulse(
      Context.current(),
      call.progress,
      doing,
      (pulse) => measured(call, deps, () => run(call, deps, pulse.signal)),
      (result) => result.aborted === true,
    );
  };
}

/** A workflow task may not be held open for long: until it is answered, no signal and no query gets through to its agent. */
const TRY_MS = 200;

export function createTryTool(deps: CallToolDeps): AgentActivities['tryTool'] {
  return async (call) => {
    const signal = AbortSignal.any([Context.current().cancellationSignal, AbortSignal.timeout(TRY_MS)]);
    return measured(call, deps, async () => {
      const result = await run(call, deps, signal);
      return result.aborted ? null : result;
    });
  };
}

/** A try that leads to nothing is no call yet: the ordinary one that follows is. */
async function measured<T extends ToolResult | null>(
  { name }: ToolCall,
  { measures }: CallToolDeps,
  body: () => Promise<T>,
): Promise<T> {
  const startedMs = performance.now();
  const called = (outcome: ToolOutcome) => measures.toolCalled(name, outcome, performance.now() - startedMs);
  try {
    const result = await body();
    if (result) called(outcomeOf(result));
    return result;
  } catch (error) {
    called('failed');
    throw error;
  }
}

function outcomeOf({ aborted, isError }: ToolResult): ToolOutcome {
  if (aborted) return 'aborted';
  return isError ? 'error' : 'ok';
}

async function run(call: ToolCall, deps: CallToolDeps, signal: AbortSignal): Promise<ToolResult> {
  if (call.malformedInput !== undefined) return notJson(call.name, call.malformedInput);
  try {
    const workspace = await openWorkspace(call.workspace, rootsOption(deps));
    const found = await runTool(call.name, call.input, { workspace, signal });
    const answer = withoutKeys(found, deps.keys?.() ?? []);
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
