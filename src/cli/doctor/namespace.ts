import type { Check } from '../../local';
import { connectTemporal, isNotFound, type Temporal, type TemporalTarget } from '../../temporal';

/** Whether Temporal answers to a client, as a port that is open does not yet say. The namespace first; what needs it is asked only when it is there. */
export async function withTemporal(
  target: TemporalTarget,
  further: (temporal: Temporal) => Promise<Check[]>,
): Promise<Check[]> {
  let temporal: Temporal | undefined;
  try {
    temporal = await connectTemporal(target);
    const { client, call } = temporal;
    await call(() => client.workflowService.describeNamespace({ namespace: target.namespace }));
    return [good(target), ...(await further(temporal))];
  } catch (error) {
    return [bad(target, error)];
  } finally {
    await temporal?.close();
  }
}

function good({ address, namespace }: TemporalTarget): Check {
  return { name: 'namespace', ok: true, detail: `${namespace} at ${address}`, fix: '' };
}

function bad({ address, namespace }: TemporalTarget, error: unknown): Check {
  const name = 'namespace';
  if (isNotFound(error)) {
    const fix = 'Run: bga setup, or set TEMPORAL_NAMESPACE';
    return { name, ok: false, detail: `there is none named ${namespace} at ${address}`, fix };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { name, ok: false, detail, fix: `See that Temporal at ${address} is up, or set TEMPORAL_ADDRESS` };
}
