import type { CliCommand } from '../command';
import { table } from '../table';
import { duration } from '../words';

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
    const rows = types.map(({ name, tier, limits, description }) => [
      name,
      tier,
      String(limits.maxTurns),
      duration(limits.timeoutMs),
      description,
    ]);
    const tiers = Object.entries(config.models).map(([tier, model]) => `${tier} is ${model}`);
    const shown = table(['type', 'tier', 'turns', 'time', 'for'], rows, { wrap: true });
    cli.print(
      { types },
      `${shown}\n\nWithout a type (auto), the words of the task decide. Tiers: ${tiers.join(', ')}.`,
    );
    return 0;
  },
};
