/** Whether agents are traced is for the environment to say, by the variables that all of OpenTelemetry goes by. */
import type { Env } from '../config';
import type { Traces } from './traces';

/** Loads nothing of OpenTelemetry where there is nobody to send traces to. */
export async function startTraces(env: Env, warn: (text: string) => void): Promise<Traces | undefined> {
  if (!areTraced(env)) return undefined;
  try {
    const { openTraces } = await import('./traces');
    return await openTraces(env, warn);
  } catch (error) {
    // Such as a certificate that cannot be read. It is no reason to let agents wait.
    warn(`traces: off, because ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Pure. */
export function areTraced(env: Env): boolean {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint || env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return false;
  return !env.OTEL_TRACES_EXPORTER || env.OTEL_TRACES_EXPORTER.trim() === 'otlp';
}
