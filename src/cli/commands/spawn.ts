import type { Command } from 'commander';
import type { SpawnRequest, SpawnResult } from '../../agents';
import type { Cli } from '../cli';
import type { CliCommand, CommandCall } from '../command';
import { checked, numberOption, readStdin } from '../input';

/** The options of `spawn` and `run`: those of `agent_spawn`. */
export function declareSpawn(command: Command): Command {
  return command
    .argument('<task...>', 'what to find out or do, complete in itself; - reads it from stdin')
    .option('-t, --type <type>', 'agent type; `bga types` lists them (default: auto)')
    .option('-m, --model <model>', 'a tier (haiku, sonnet, opus) or a model id')
    .option('--timeout-ms <ms>', 'wall time after which it is stopped', numberOption)
    .option('--max-turns <n>', 'model calls after which it is stopped', numberOption)
    .option('--max-cost-usd <usd>', 'spend after which it is stopped', numberOption)
    .option('--lifetime <lifetime>', 'session or detached (default: detached)')
    .option('--name <name>', 'a short name for lists')
    .option('--idempotency-key <key>', 'the same key returns the same agent');
}

/** Everything that can be wrong with a request is found here, before a service is started for it. */
export async function spawnRequest(cli: Cli, { args, options }: CommandCall): Promise<SpawnRequest> {
  const { spawnInput } = await import('../../agents/inputs');
  const { settle } = await import('../../agents/spawnRequest');
  const task = args.length === 1 && args[0] === '-' ? await readStdin() : args.join(' ');
  const { background: _, ...request } = checked(spawnInput, {
    task,
    agent_type: options.type,
    model: options.model,
    timeout_ms: options.timeoutMs,
    max_turns: options.maxTurns,
    max_cost_usd: options.maxCostUsd,
    lifetime: options.lifetime,
    name: options.name,
    idempotency_key: options.idempotencyKey,
  });
  await settle({ config: cli.config(), workspace: cli.workspace }, request);
  return request;
}

export const spawnCommand: CliCommand = {
  name: 'spawn',
  summary: 'hand a task over and get the agent id at once',
  declare: declareSpawn,
  async run(cli, call) {
    const { spawn } = await import('../../agents');
    const request = await spawnRequest(cli, call);
    const spawned = await spawn(await cli.agents(), request);
    cli.print(spawned, spawned.agent_id);
    if (cli.json) return 0;
    cli.say(introduction(spawned));
    cli.say(`Read it with: bga output ${spawned.agent_id} -f`);
    return 0;
  },
};

/** Who works on it, and why that one. */
export function introduction(spawned: SpawnResult): string {
  const why = spawned.agent_type_reason ? ` (auto: ${spawned.agent_type_reason})` : '';
  const model = spawned.provider === 'offline' ? 'offline scout (no API key is set)' : spawned.model;
  return `${spawned.agent_type}${why}, ${spawned.tier} tier, ${model}, in ${spawned.workspace}`;
}
