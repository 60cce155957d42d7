/** A tool call within its agent's workflow task: one event is recorded in place of six, and nothing waits in a queue. */
import { proxyLocalActivities } from '@temporalio/workflow';
import type { AgentActivities, AgentInput, ToolCall, ToolResult } from './contract';
import { isCancellation } from './faults';

/** Far more than a try takes: its worker is choking, or the tool does not let itself be stopped. */
const TRY_TIMEOUT = '3s';

/**
 * Most calls are done in milliseconds. A local activity has no heartbeats and holds its workflow task open; so whatever is
 * not done at once, or fails, is left to the ordinary one: null.
 */
export async function tryTool(
  how: AgentInput['triesToolsFirst'],
  call: ToolCall,
  title: string,
): Promise<ToolResult | null> {
  if (!how) return null;
  const quick = proxyLocalActivities<Record<string, AgentActivities['tryTool']>>({
    summary: title,
    startToCloseTimeout: TRY_TIMEOUT,
    retry: { maximumAttempts: 1 },
  });
  try {
    return (await quick[typeOf(how, call, title)]?.(call)) ?? null;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return null;
  }
}

/** The Web UI's timeline shows of a local activity its type, and nothing else. */
function typeOf(how: true | 'call' | 'tool', call: ToolCall, title: string): string {
  switch (how) {
    case true:
      return 'tryTool' satisfies keyof AgentActivities;
    case 'call':
      return title;
    case 'tool':
      return call.name;
  }
}
