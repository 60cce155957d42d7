import { sendInput } from '../../agents/inputs';
import { sendResult } from '../../agents/results';
import { defineMcpTool } from '../tool';

export const agentSend = defineMcpTool({
  name: 'agent_send',
  title: 'Send a message to an agent',
  description: `Sends a message to an agent, whatever it does now. One that works reads it before its next turn, after the results it waits for; one that is just giving its answer takes another turn. One that waits with a question has it as the answer. One that has ended (completed, failed or killed) goes on under the same id with its whole conversation: it gets its turns and its time anew, and what it has spent counts on.
Use it to correct or narrow a task, to add what you have learnt meanwhile, or to ask a finished agent about its answer: that is cheaper than a new agent, which would read everything again. For an unrelated task spawn a new agent; to stop one use agent_kill.
The reply comes as the agent's output: wait for it with agent_wait, then agent_output with since_last.`,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  input: sendInput,
  output: sendResult,
  run: (request, { operations, agents }) => operations.send(agents, request),
  render: (sent) => `${sent.agent_id} · ${sent.status} · ${sent.delivered} · ${sent.message}`,
});
