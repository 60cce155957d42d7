import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { ApplicationFailure } from '@temporalio/common';

/** Its message stays out: it may quote what was sent. */
export function noteFailure(span: Span, error: unknown): void {
  span.setAttributes({ 'error.type': errorType(error) });
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** What the provider answered, else what the failure means to the agent. */
function errorType(error: unknown): string {
  if (!(error instanceof ApplicationFailure)) return error instanceof Error ? error.name : '_OTHER';
  const details: unknown = error.details?.[0];
  if (typeof details === 'object' && details !== null && 'status' in details) return String(details.status);
  return error.type ?? '_OTHER';
}
