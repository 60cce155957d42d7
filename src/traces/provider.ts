/** OpenTelemetry's own machinery: what it sends where, how much of it, and as whom is said by its environment variables. */
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Env } from '../config';
import { VERSION } from '../version';
import type { AgentIds } from './ids';
import { seldom } from './seldom';

export async function openProvider(
  env: Env,
  idGenerator: AgentIds,
  warn: (text: string) => void,
): Promise<BasicTracerProvider> {
  tellFailures(warn);
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'background-agents', 'service.version': VERSION }))
    .merge(detectResources({ detectors: [envDetector] }));
  const spanProcessors = [new BatchSpanProcessor(await exporterFor(env, warn))];
  return new BasicTracerProvider({ resource, idGenerator, spanProcessors });
}

const openDefault = async () =>
  new (await import('@opentelemetry/exporter-trace-otlp-proto')).OTLPTraceExporter();
const EXPORTERS: ReadonlyMap<string, () => Promise<SpanExporter>> = new Map([
  ['http/protobuf', openDefault],
  [
    'http/json',
    async () => new (await import('@opentelemetry/exporter-trace-otlp-http')).OTLPTraceExporter(),
  ],
  ['grpc', async () => new (await import('@opentelemetry/exporter-trace-otlp-grpc')).OTLPTraceExporter()],
]);
const DEFAULT_PROTOCOL = 'http/protobuf';

/** What is written wrong counts as not written, as OpenTelemetry's specification asks for. */
async function exporterFor(env: Env, warn: (text: string) => void): Promise<SpanExporter> {
  const asked = (env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL)?.trim();
  const open = EXPORTERS.get(asked || DEFAULT_PROTOCOL);
  if (open) return open();
  const known = [...EXPORTERS.keys()].join(', ');
  warn(
    `traces: OTEL_EXPORTER_OTLP_PROTOCOL is "${asked}", which is none of ${known}: they are sent as ${DEFAULT_PROTOCOL}`,
  );
  return openDefault();
}

/** A collector that is down costs its traces and a line now and then. */
function tellFailures(warn: (text: string) => void): void {
  const tell = seldom((text) => warn(`traces: ${text}`), Date.now);
  const ignore = () => undefined;
  const logger = { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  setGlobalErrorHandler((error) => {
    const why = typeof error === 'string' ? error : error.message || error.name;
    tell(`they could not be delivered, and are dropped: ${why}`);
  });
}
