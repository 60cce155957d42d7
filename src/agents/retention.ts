/** How long the server keeps what has ended. */
import type { Temporal } from '../temporal';

const known = new WeakMap<Temporal, Promise<number | undefined>>();

/** Undefined where it cannot be read, as without the right to. */
export function retentionMs(temporal: Temporal): Promise<number | undefined> {
  const asked = known.get(temporal) ?? askFor(temporal);
  known.set(temporal, asked);
  return asked;
}

async function askFor(temporal: Temporal): Promise<number | undefined> {
  const { client, call, target } = temporal;
  try {
    const { config } = await call(() =>
      client.workflowService.describeNamespace({ namespace: target.namespace }),
    );
    const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    return seconds > 0 ? seconds * 1_000 : undefined;
  } catch {
    known.delete(temporal);
    return undefined;
  }
}
