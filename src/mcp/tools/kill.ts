import { killInput } from '../../agents/inputs';
import { killResult } from '../../agents/results';
import { defineMcpTool } from '../tool';

export const agentKill = defineMcpTool({
  name: 'agent_kill',
  title: 'Stop an agent',
  description: `Stops an agent within about two seconds: its running model call or tool is aborted and it spends nothing more. What it has found so far stays readable with agent_output.
Use it for an agent whose answer is no longer needed. An agent that has already ended is left as it is, and you are told how it ended.`,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  input: killInput,
  output: killResult,
  run: ({ agent_id: agentId, reason }, { operations, agents }) => operations.kill(agents, agentId, reason),
  render: (killed) =>
    `${killed.agent_id} · ${killed.status}${killed.reason ? ` (${killed.reason})` : ''} · ${killed.message}`,
});
