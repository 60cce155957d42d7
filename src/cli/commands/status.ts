import type { CliCommand } from '../command';
import { statusLine } from '../follow';
import { checked } from '../input';
import { duration } from '../words';

export const statusCommand: CliCommand = {
  name: 'status',
  summary: 'where an agent stands, what it does, what it has cost',
  declare: (command) => command.argument('<agent_id>'),
  async run(cli, { args }) {
    const { statusInput } = await import('../../agents/inputs');
    const { status } = await import('../../agents/status');
    const { agent_id: agentId } = checked(statusInput, { agent_id: args[0] });
    const now = await status(await cli.agents(), agentId);
    const ending = now.error ? `\n${now.error.type}: ${now.error.message}` : '';
    const rows = [
      `${now.agent_id} · ${now.agent_type}, ${now.tier} tier, ${now.model} (${now.provider})`,
      statusLine(now),
      `created ${now.created_at}, ${duration(now.duration_ms)}, ${now.lifetime}, in ${now.workspace}`,
    ];
    cli.print(now, rows.join('\n') + ending);
    return 0;
  },
};
