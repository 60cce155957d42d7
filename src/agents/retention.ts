/** How long the server keeps what has ended, and what was deleted before that. Both stand with the namespace itself. */
import type { Temporal } from '../temporal';

export interface Keeping {
  /** Absent where it cannot be read, as without the right to. */
  retentionMs?: number;
  /** Of what had ended before, `prune` deleted some. */
  prunedBeforeMs?: number;
}

/** Among the data that a namespace has for its users. */
const PRUNED_BEFORE = 'background-agents.pruned-before';

const known = new WeakMap<Temporal, Promise<number | undefined>>();

/** Asked once in a process. Undefined where it cannot be read. */
export function retentionMs(temporal: Temporal): Promise<number | undefined> {
  const asked = known.get(temporal) ?? askFor(temporal);
  known.set(temporal, asked);
  return asked;
}

async function askFor(temporal: Temporal): Promise<number | undefined> {
  const { retentionMs: found } = await keepingOf(temporal);
  if (found === undefined) known.delete(temporal);
  return found;
}

export async function keepingOf({ client, call, target }: Temporal): Promise<Keeping> {
  try {
    const { config, namespaceInfo } = await call(() =>
      client.workflowService.describeNamespace({ namespace: target.namespace }),
    );
    const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    const prunedBeforeMs = Date.parse(namespaceInfo?.data?.[PRUNED_BEFORE] ?? '');
    return {
      ...(seconds > 0 ? { retentionMs: seconds * 1_000 } : {}),
      ...(Number.isNaN(prunedBeforeMs) ? {} : { prunedBeforeMs }),
    };
  } catch {
    return {};
  }
}

/** Leaves word for whoever adds up later. @returns whether it could, which takes the right to change the namespace */
export async function notePruned(temporal: Temporal, endedBeforeMs: number): Promise<boolean> {
  const { client, call, target } = temporal;
  const { prunedBeforeMs = 0 } = await keepingOf(temporal);
  if (prunedBeforeMs >= endedBeforeMs) return true;
  const data = { [PRUNED_BEFORE]: new Date(endedBeforeMs).toISOString() };
  try {
    // What it does not name stays as it is, other data as well.
    await call(() =>
      client.workflowService.updateNamespace({ namespace: target.namespace, updateInfo: { data } }),
    );
    return true;
  } catch {
    return false;
  }
}
