/** Starts several agents for one call: all of them are checked before the first is started. */
import type { AgentsContext } from './context';
import { UserError } from './errors';
import { findKeyed } from './idempotency';
import { shortHash } from './ids';
import type { SpawnManyResult, SpawnResult } from './results';
import { spawnPrepared } from './spawn';
import { refuseTooManyAtOnce } from './spawnRate';
import { type PreparedSpawn, prepareSpawn, type SpawnRequest } from './spawnRequest';

interface Item {
  request: SpawnRequest;
  prepared: PreparedSpawn;
}

/** What the caller knows a task by, from its place. */
type NameOf = (index: number) => string;

/**
 * @param nameOf where the caller gave the tasks otherwise than in `tasks`
 * @throws UserError, before anything is started, that names the task it is about
 */
export async function spawnMany(
  context: AgentsContext,
  requests: readonly SpawnRequest[],
  nameOf: NameOf = (index) => `tasks[${index}]`,
): Promise<SpawnManyResult> {
  const items: Item[] = [];
  for (const [index, request] of requests.entries()) {
    const prepare = async () => ({ request, prepared: await prepareSpawn(context, request) });
    items.push(await naming(nameOf(index), prepare));
  }
  await refuseUsedKeys(context, items, nameOf);
  const areNew = requests.filter(
    ({ idempotency_key: key }) => key === undefined || context.session.keyed.get(key) === undefined,
  );
  await refuseTooManyAtOnce(context, areNew.length);
  const started = await Promise.allSettled(
    items.map((item, index) => spawnPrepared(context, inOrder(item, index))),
  );
  const agents = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (agents.length < items.length) throw partly(started, agents, nameOf);
  return { agents };
}

/** Lists are sorted by the time of creation, which would be the same for all of them. */
function inOrder({ request, prepared }: Item, index: number) {
  const input = { ...prepared.input, createdAtMs: prepared.input.createdAtMs + index };
  return { ...prepared, input, key: request.idempotency_key };
}

/** A key stands for one task: within this call, and in what the session has spawned before. */
async function refuseUsedKeys(context: AgentsContext, items: readonly Item[], nameOf: NameOf): Promise<void> {
  const tasks = new Map<string, string>();
  for (const [index, { request }] of items.entries()) {
    const { idempotency_key: key, task } = request;
    if (key === undefined) continue;
    const first = tasks.get(key) ?? task;
    tasks.set(key, first);
    const found = await findKeyed(context, key);
    if (first === task && (found === undefined || found.taskHash === shortHash(task))) continue;
    throw refused(nameOf(index), `idempotency_key ${JSON.stringify(key)} stands for another task already.`);
  }
}

async function naming<T>(name: string, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof UserError && error.kind === 'invalid')
      throw refused(
        name,
        error.field === undefined ? error.message : `${error.field}: ${error.message}`,
        error,
      );
    throw error;
  }
}

function refused(name: string, why: string, cause?: Error): UserError {
  return new UserError('invalid', `${name}: ${why} No agent was started.`, cause ? { cause } : {});
}

/** The server went away in between: what was started is there, and is told by its id. */
function partly(
  started: readonly PromiseSettledResult<SpawnResult>[],
  agents: readonly SpawnResult[],
  nameOf: NameOf,
): Error {
  const failed = started.flatMap((each, index) =>
    each.status === 'rejected' ? [{ index, error: each.reason }] : [],
  );
  const [first] = failed;
  const cause: unknown = first?.error;
  const why = cause instanceof Error ? cause.message : String(cause);
  const kind = cause instanceof UserError ? cause.kind : 'not_ready';
  const ids = agents.map(({ agent_id: id }) => id).join(', ') || 'none';
  const others = failed.map(({ index }) => nameOf(index)).join(', ');
  const certain = kind === 'unreachable' ? ' Whether those run is not known: agent_list tells.' : '';
  return new UserError(
    kind,
    `${agents.length} of ${started.length} agents were started: ${ids}. Not: ${others}, because: ${why}${certain} Spawn only those again.`,
    { cause },
  );
}
