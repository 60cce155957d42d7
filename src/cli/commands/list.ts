import type { ListedAgent } from '../../agents';
import type { CliCommand } from '../command';
import { checked, numberOption } from '../input';
import { table } from '../table';
import { dollars, duration } from '../words';

export const listCommand: CliCommand = {
  name: 'list',
  summary: 'the agents, newest first',
  declare: (command) =>
    command
      .option('--status <status>', 'pending, running, waiting, completed, failed or killed')
      .option('-t, --type <type>', 'only this agent type')
      .option('--scope <scope>', 'session, workspace or all (default: workspace)')
      .option('--all', 'the same as --scope all')
      .option('-n, --limit <n>', 'at most so many (default: 20)', numberOption)
      .option('--cursor <cursor>', 'the page after an earlier one'),
  async run(cli, { options }) {
    const { list, listInput, noneFits } = await import('../../agents');
    const request = checked(listInput, {
      status: options.status,
      agent_type: options.type,
      scope: options.all === true ? 'all' : options.scope,
      limit: options.limit,
      cursor: options.cursor,
    });
    const listed = await list(await cli.agents(), request);
    const rows = listed.agents.map((agent) => [
      agent.agent_id,
      agent.unread ? `${agent.status} *` : agent.status,
      agent.tier,
      duration(agent.duration_ms),
      dollars(agent.cost_usd),
      taskCell(agent),
    ]);
    const counts = Object.entries(listed.counts).filter(([, agents]) => agents > 0);
    const total = counts.map(([status, agents]) => `${agents} ${status}`).join(', ');
    const none = noneFits(request);
    const unread = listed.agents.some((agent) => agent.unread) ? '; * not read yet' : '';
    cli.print(
      listed,
      rows.length > 0
        ? table(['agent', 'status', 'tier', 'time', 'cost', 'task'], rows)
        : none === undefined
          ? 'No agents here yet. Start one: bga run "your question" (bga list --all shows other directories).'
          : `${none} All of this directory: bga list; of every directory: bga list --all.`,
    );
    if (!cli.json && total !== '') cli.say(`${total}${unread}`);
    if (!cli.json && listed.next_cursor) cli.say(`More: bga list --cursor ${listed.next_cursor}`);
    return 0;
  },
};

function taskCell({ question, name, task }: ListedAgent): string {
  if (question?.asked_at !== undefined) return `asks: ${question.text}`;
  return name ? `${name}: ${task}` : task;
}
