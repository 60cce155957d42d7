import type { Command } from 'commander';
import type { CliCommand } from '../command';
import { checked, numberOption } from '../input';

/** The options of `spawn` and `run`: those of `agent_spawn`. */
export function declareSpawn(command: Command): Command {
  return command
    .argument('<task...>', 'what to find out or do, complete in itself')
    .option('-t, --type <type>', 'agent type; `bga types` lists them (default: auto)')
    .option('-m, --model <model>', 'a tier (haiku, sonnet, opus) or a model id')
    .option('--timeout-ms <ms>', 'wall time after which it is stopped', numberOption)
    .option('--max-turns <n>', 'model calls after which it is stopped', numberOption)
    .option('--max-cost-usd <usd>', 'spend after which it is stopped', numberOption)
    .option('--lifetime <lifetime>', 'session or detached (default: detached)')
    .option('--name <name>', 'a short name for lists')
    .option('--idempotency-key <key>', 'the same key returns the same agent');
}

/** In the spelling of `agent_spawn`. */
export function spawnArguments(task: string[], options: Record<string, unknown>): Record<string, unknown> {
  return {
    task: task.join(' '),
    agent_type: options.type,
    model: options.model,
    timeout_ms: options.timeoutMs,
    max_turns: options.maxTurns,
    max_cost_usd: options.maxCostUsd,
    lifetime: options.lifetime,
    name: options.name,
    idempotency_key: options.idempotencyKey,
  };
}

export const spawnCommand: CliCommand = {
  name: 'spawn',
  summary: 'hand a task over and get the agent id at once',
  declare: declareSpawn,
  async run(cli, { args, options }) {
    const { spawn, spawnInput } = await import('../../agents');
    const { background: _, ...request } = checked(spawnInput, spawnArguments(args, options));
    const spawned = await spawn(await cli.agents(), request);
    const why = spawned.agent_type_reason ? ` (auto: ${spawned.agent_type_reason})` : '';
    cli.print(spawned, spawned.agent_id);
    if (!cli.json) {
      cli.say(
        `${spawned.agent_type}${why}, ${spawned.tier} tier, ${modelLabel(spawned)}. Read it with: bga output ${spawned.agent_id} -f`,
      );
    }
    return 0;
  },
};

export function modelLabel({ model, provider }: { model: string; provider: string }): string {
  return provider === 'offline' ? 'offline scout (no API key is set)' : model;
}
