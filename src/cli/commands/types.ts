import type { CliCommand } from '../command';
import { table } from '../table';

export const typesCommand: CliCommand = {
  name: 'types',
  summary: 'the agent types, their tiers and when to use them',
  async run(cli) {
    const { listAgentTypes } = await import('../../agentTypes');
    const config = cli.config();
    const types = listAgentTypes(config).map(({ instructions: _, ...type }) => ({
      ...type,
      model: config.models[type.tier],
    }));
    const rows = types.map((type) => [
      type.name,
      type.tier,
      type.model,
      type.lifetime,
      `${type.limits.maxTurns} turns`,
      `${Math.round(type.limits.timeoutMs / 60_000)} min`,
      type.description,
    ]);
    cli.print({ types }, table(['type', 'tier', 'model', 'lifetime', 'turns', 'time', 'for'], rows));
    return 0;
  },
};
