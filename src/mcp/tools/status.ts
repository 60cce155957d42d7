import { statusInput } from '../../agents/inputs';
import { questionText } from '../../agents/question';
import { statusResult } from '../../agents/results';
import { defineMcpTool, READ_ONLY } from '../tool';

export const agentStatus = defineMcpTool({
  name: 'agent_status',
  title: 'Where an agent stands',
  description: `Tells whether an agent is pending, running, waiting, completed, failed or killed and why, what it does now, its turns, tokens and cost. Cheap and quick.
Use it for one agent of which you want the figures or the error. To wait for agents use agent_wait rather than asking again and again; to read what one found use agent_output.`,
  annotations: READ_ONLY,
  input: statusInput,
  output: statusResult,
  run: ({ agent_id: agentId }, { operations, agents }) => operations.status(agents, agentId),
  render(now, own) {
    const { progress, usage } = now;
    const rows = [
      `${now.agent_id} · ${now.status}${now.reason ? ` (${now.reason})` : ''} · ${now.agent_type}, ${now.tier} tier, ${now.model} (${now.provider})`,
      `turn ${progress.turn} of ${progress.max_turns}, ${progress.tool_calls} tool calls · ${progress.activity}`,
      `tokens ${usage.input_tokens} in, ${usage.output_tokens} out, ${usage.cache_read_tokens} cache read, ${usage.cache_write_tokens} cache write · $${usage.cost_usd.toFixed(4)} · ${(now.duration_ms / 1000).toFixed(1)} s`,
    ];
    if (now.error) rows.push(`${now.error.type}: ${now.error.message}`);
    if (now.question) rows.push(own(questionText(now.agent_id, now.question)));
    return rows.join('\n');
  },
});
