import type { Check } from '../../local';
import { RETENTION_DAYS } from '../../namespace/plan';
import { connectTemporal, type Temporal, type TemporalTarget } from '../../temporal';
import { NoNamespaceError, UnreachableError } from '../../temporalErrors';

/** Whether Temporal answers to a client, as a port that is open does not yet say. Step by step: what needs a step is asked only when it is there. */
export async function withTemporal(
  target: TemporalTarget,
  further: (temporal: Temporal) => Promise<Check[]>,
): Promise<Check[]> {
  let temporal: Temporal;
  try {
    temporal = await connectTemporal(target);
  } catch (error) {
    return [notReachable(target, error)];
  }
  const reachable = { name: 'reachable', ok: true, detail: `Temporal at ${target.address}`, fix: '' };
  try {
    const { client, call } = temporal;
    const { config } = await call(() =>
      client.workflowService.describeNamespace({ namespace: target.namespace }),
    );
    const keptS = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    // What fails further on takes nothing back of what was found.
    const more = await further(temporal).catch((error: unknown) => [bad(target, error)]);
    return [reachable, good(target), retention(keptS), ...more];
  } catch (error) {
    return [reachable, bad(target, error)];
  } finally {
    await temporal.close();
  }
}

function notReachable(target: TemporalTarget, error: unknown): Check {
  return { name: 'reachable', ok: false, ...whyNot(target, error) };
}

function whyNot({ address, isLocal }: TemporalTarget, error: unknown): Pick<Check, 'detail' | 'fix'> {
  if (error instanceof UnreachableError) return { detail: error.what, fix: error.fix };
  const detail = error instanceof Error ? error.message : String(error);
  const look = `See that Temporal at ${address} is up, or set TEMPORAL_ADDRESS`;
  return { detail, fix: isLocal ? 'Run: bga down && bga up' : look };
}

function good({ address, namespace }: TemporalTarget): Check {
  return { name: 'namespace', ok: true, detail: `${namespace} at ${address}`, fix: '' };
}

const HOUR_S = 3_600;

/** Whoever wants to keep more has to know before it is gone. */
function retention(keptS: number): Check {
  const hours = Math.round(keptS / HOUR_S);
  const kept = hours % 24 === 0 ? `${hours / 24} days` : `${hours} hours`;
  const less = keptS < RETENTION_DAYS * 24 * HOUR_S ? `; ${RETENTION_DAYS} days by: bga setup` : '';
  const detail = `an agent is kept for ${kept} after its end, in a file for longer: bga export ID -o DIR/${less}`;
  return { name: 'retention', ok: true, detail, fix: '' };
}

function bad(target: TemporalTarget, error: unknown): Check {
  const name = 'namespace';
  if (error instanceof NoNamespaceError) {
    const fix = 'Run: bga setup, or set TEMPORAL_NAMESPACE';
    return { name, ok: false, detail: `there is none named ${target.namespace} at ${target.address}`, fix };
  }
  return { name, ok: false, ...whyNot(target, error) };
}
