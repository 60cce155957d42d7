import { listInput } from '../../agents/inputs';
import { noneFits } from '../../agents/none';
import { questionText } from '../../agents/question';
import { listResult } from '../../agents/results';
import { defineMcpTool, READ_ONLY } from '../tool';

export const agentList = defineMcpTool({
  name: 'agent_list',
  title: 'List agents',
  description: `Lists agents newest first, with status, task, cost and whether this session has read their result (unread), and counts by status. Default: agents of this directory, from any session; scope = session for those spawned here, all for every agent.
Use it to find an id again, for instance after your context was compacted, or to see what else is running.`,
  annotations: READ_ONLY,
  input: listInput,
  output: listResult,
  run: (request, { operations, agents }) => operations.list(agents, request),
  render(listed, own, request) {
    const rows = listed.agents.map(
      (agent) =>
        `${agent.agent_id} · ${agent.status}${agent.reason && agent.reason !== 'answered' ? ` (${agent.reason})` : ''}${agent.unread ? ', unread' : ''} · ${agent.tier} · ${Math.round(agent.duration_ms / 1000)} s · $${agent.cost_usd.toFixed(4)} · ${agent.name ? `${agent.name}: ` : ''}${agent.task}${agent.question ? `\n  ${own(questionText(agent.agent_id, agent.question))}` : ''}`,
    );
    const counts = Object.entries(listed.counts)
      .filter(([, agents]) => agents > 0)
      .map(([name, agents]) => `${agents} ${name}`);
    const more = listed.next_cursor ? `\nMore: cursor = ${listed.next_cursor}` : '';
    if (rows.length > 0) return `${counts.join(', ')}\n${rows.join('\n')}${more}`;
    const none = noneFits(request);
    if (none === undefined) return 'No agents here yet.';
    const others = counts.length > 0 ? ` There are: ${counts.join(', ')}.` : '';
    return own(`${none}${others} Without status, agent_type and cursor, agent_list shows all.`);
  },
});
