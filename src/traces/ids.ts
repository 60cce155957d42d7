/** Ids of an agent's trace, which every process derives from the agent's own: so their spans meet without any of them telling. */
import { createHash } from 'node:crypto';
import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace-base';

export interface SpanIds {
  traceId: string;
  spanId: string;
}

/** Of the span that is the agent, … */
export function rootIds(agentId: string): SpanIds {
  return { traceId: hex('trace', agentId, 32), spanId: hex('span', agentId, 16) };
}

/** … and of the one for the time after it went on so many times. */
export function reopenedIds(agentId: string, times: number): SpanIds {
  return { ...rootIds(agentId), spanId: hex(`span ${times}`, agentId, 16) };
}

function hex(what: string, agentId: string, digits: number): string {
  return createHash('sha256').update(`${what}\0${agentId}`).digest('hex').slice(0, digits);
}

/** Random ids, but for a span that is begun within `using`. */
export class AgentIds implements IdGenerator {
  private readonly random = new RandomIdGenerator();
  private given: SpanIds | undefined;

  generateTraceId(): string {
    return this.given?.traceId ?? this.random.generateTraceId();
  }

  generateSpanId(): string {
    return this.given?.spanId ?? this.random.generateSpanId();
  }

  using<T>(ids: SpanIds, begin: () => T): T {
    this.given = ids;
    try {
      return begin();
    } finally {
      this.given = undefined;
    }
  }
}
