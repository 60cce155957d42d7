import type { Command } from 'commander';
import type { SpawnRequest, SpawnResult } from '../../agents';
import { UserError } from '../../agents/errors';
import type { Cli } from '../cli';
import type { CliCommand, CommandCall, ExitCode } from '../command';
import { checked, numberOption, readStdin } from '../input';
import { tellUnchosenProvider } from '../providerNote';

/** The options of `spawn` and `run`: those of `agent_spawn`. */
export function declareSpawn(command: Command, task = '<task...>'): Command {
  return command
    .argument(task, 'what to find out or do, complete in itself; - reads it from stdin')
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
  const { background: _, ...request } = checked(spawnInput, { task, ...requestOf(options) });
  await settle({ config: cli.config(), workspace: cli.workspace }, request);
  return request;
}

function requestOf(options: CommandCall['options']): Record<string, unknown> {
  const given = {
    agent_type: options.type,
    model: options.model,
    timeout_ms: options.timeoutMs,
    max_turns: options.maxTurns,
    max_cost_usd: options.maxCostUsd,
    lifetime: options.lifetime,
    name: options.name,
    idempotency_key: options.idempotencyKey,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

export const spawnCommand: CliCommand = {
  name: 'spawn',
  summary: 'hand a task over and get the agent id at once',
  declare: (command) =>
    declareSpawn(command, '[task...]').option(
      '--many <file>',
      'start an agent for each line of a file: JSON with the fields of agent_spawn; - reads stdin',
    ),
  async run(cli, call) {
    if (call.options.many !== undefined) return spawnAll(cli, call);
    if (call.args.length === 0)
      throw new UserError('invalid', "missing required argument 'task'; or start several with --many.");
    const { spawn } = await import('../../agents');
    const request = await spawnRequest(cli, call);
    const agents = await cli.agents();
    tellUnchosenProvider(cli);
    const spawned = await spawn(agents, request);
    cli.print(spawned, spawned.agent_id);
    if (cli.json) return 0;
    cli.say(introduction(spawned));
    cli.say(`Read it with: bga output ${spawned.agent_id} -f`);
    return 0;
  },
};

/** The options of the command line are those of every task that does not say otherwise. */
async function spawnAll(cli: Cli, { args, options }: CommandCall): Promise<ExitCode> {
  if (args.length > 0)
    throw new UserError('invalid', 'Give the tasks in the file of --many, or one on the command line.');
  const { spawnMany, taskInput } = await import('../../agents');
  const { readTasks } = await import('../tasksFile');
  const common = requestOf(options);
  // A wrong option is no mistake of a line.
  checked(taskInput.partial(), common);
  const lines = await readTasks(String(options.many), common);
  const agents = await cli.agents();
  tellUnchosenProvider(cli);
  const tasks = lines.map(({ request }) => request);
  const spawned = await spawnMany(agents, tasks, (index) => lines[index]?.name ?? '--many');
  cli.print(spawned, spawned.agents.map(({ agent_id: id }) => id).join('\n'));
  if (!cli.json) cli.say(`${spawned.agents.length} agents started. Wait for them with: bga wait`);
  return 0;
}

/** Who works on it, and why that one. */
export function introduction(spawned: SpawnResult): string {
  const why = spawned.agent_type_reason ? ` (auto: ${spawned.agent_type_reason})` : '';
  const model = spawned.provider === 'offline' ? 'offline scout (no API key is set)' : spawned.model;
  return `${spawned.agent_type}${why}, ${spawned.tier} tier, ${model}, in ${spawned.workspace}`;
}
