import type { ResumedAgent } from '../../agents';
import { UserError } from '../../agents/errors';
import type { CliCommand } from '../command';
import { checked } from '../input';

export const resumeCommand: CliCommand = {
  name: 'resume',
  summary: 'let agents that wait for a key or a spend limit, or rest after a failed call, try again at once',
  declare: (command) =>
    command.argument('[agent_id...]').option('--all', 'every agent that waits or rests, in all directories'),
  async run(cli, { args, options }) {
    if ((options.all === true) === args.length > 0)
      throw new UserError(
        'invalid',
        'Name the agents to resume, or give --all. To see who waits: bga list --all --status waiting',
      );
    const { resume, resumeAll, resumeInput } = await import('../../agents');
    const named = options.all === true ? undefined : checked(resumeInput, { agent_ids: args }).agent_ids;
    const agents = await cli.agents();
    const result = named ? await resume(agents, named) : await resumeAll(agents);
    // Of all that are at work only those are of interest that were woken, or still wait for something else.
    const shown = named
      ? result.agents
      : result.agents.filter(({ resumed, status }) => resumed || status === 'waiting');
    cli.print(result, shown.map(row).join('\n'));
    if (!cli.json) cli.say(summary(result.agents));
    return named && result.agents.some(({ status }) => status === 'failed' || status === 'killed') ? 1 : 0;
  },
};

function row({ agent_id: agentId, resumed, message }: ResumedAgent): string {
  return `${agentId}  ${resumed ? 'resumed' : 'unchanged'}  ${message}`;
}

function summary(agents: readonly ResumedAgent[]): string {
  if (agents.length === 0) return 'No agent is at work.';
  const resumed = agents.filter((agent) => agent.resumed).length;
  const rest = agents.length - resumed;
  return `${resumed} resumed${rest > 0 ? `; ${rest} left as ${rest === 1 ? 'it is' : 'they are'}` : ''}.`;
}
