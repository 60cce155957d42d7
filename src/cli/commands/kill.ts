import type { CliCommand } from '../command';
import { checked } from '../input';

export const killCommand: CliCommand = {
  name: 'kill',
  summary: 'stop an agent; what it has found stays readable',
  declare: (command) => command.argument('<agent_id>').option('--reason <text>', 'kept with the agent'),
  async run(cli, { args, options }) {
    const { killInput } = await import('../../agents/inputs');
    const { kill } = await import('../../agents/kill');
    const request = checked(killInput, { agent_id: args[0], reason: options.reason });
    const { noteTold } = await import('../told');
    const agents = await cli.agents();
    const killed = await kill(agents, request.agent_id, request.reason);
    if (killed.reason !== undefined) await noteTold(agents, killed.agent_id);
    cli.print(killed, `${killed.agent_id}  ${killed.status}  ${killed.message}`);
    return 0;
  },
};
