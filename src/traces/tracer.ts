/** Begins spans of agents, each in its agent's trace. */
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type AgentIds, reopenedIds, rootIds, type SpanIds } from './ids';

export class AgentTracer {
  constructor(
    private readonly tracer: Tracer,
    private readonly ids: AgentIds,
  ) {}

  /** The agent itself. */
  root(agentId: string, name: string, options: SpanOptions): Span {
    return this.begin(rootIds(agentId), name, options, ROOT_CONTEXT);
  }

  /** The agent after it went on for the nth time. */
  reopened(agentId: string, times: number, name: string, options: SpanOptions): Span {
    return this.begin(reopenedIds(agentId, times), name, options, this.within(agentId));
  }

  /** Something that it does. */
  child(agentId: string, name: string, options: SpanOptions): Span {
    return this.tracer.startSpan(name, options, this.within(agentId));
  }

  /** The root as any process knows it, with the sampler's word on it; this one is never ended, and so never sent. */
  private within(agentId: string): Context {
    return trace.setSpan(ROOT_CONTEXT, this.root(agentId, 'invoke_agent', {}));
  }

  private begin(ids: SpanIds, name: string, options: SpanOptions, within: Context): Span {
    return this.ids.using(ids, () => this.tracer.startSpan(name, options, within));
  }
}
