/** A model whose every call is a span of the agent that makes it: each try, also of a summary, and of a wait for a person. */
import { type Attributes, SpanKind } from '@opentelemetry/api';
import { Context } from '@temporalio/activity';
import { runOf } from '../../activities/callModel';
import type { Model, ModelRequest } from '../../activities/model/model';
import type { Provider } from '../../workflows/contract';
import { providerName, usageAttributes } from './attributes';
import { contentOfAnswer, contentOfRequest } from './content';
import { noteFailure } from './failure';
import type { AgentTracer } from './tracer';

export function tracedModel(
  model: Model,
  provider: Provider,
  tracer: AgentTracer,
  capturesContent: boolean,
): Model {
  return {
    async call(request, options) {
      const context = Context.current();
      const { workflowId: agentId } = runOf(context);
      const startedAtMs = performance.now();
      const span = tracer.child(agentId, `chat ${request.model}`, {
        kind: provider === 'offline' ? SpanKind.INTERNAL : SpanKind.CLIENT,
        attributes: {
          ...requestAttributes(request, provider),
          'gen_ai.conversation.id': agentId,
          'background_agents.activity': context.info.activityType,
          'background_agents.attempt': context.info.attempt,
        },
      });
      if (capturesContent) span.setAttributes(contentOfRequest(request));
      try {
        const answer = await model.call(request, {
          ...options,
          onServed(by) {
            span.setAttributes({
              'gen_ai.response.id': by.id,
              'gen_ai.response.model': by.model,
              'gen_ai.response.time_to_first_chunk': (performance.now() - startedAtMs) / 1000,
            });
            options.onServed?.(by);
          },
        });
        span.setAttributes({
          ...usageAttributes(answer.tokens),
          'gen_ai.response.finish_reasons': [answer.stop],
        });
        if (capturesContent) span.setAttributes(contentOfAnswer(answer));
        return answer;
      } catch (error) {
        noteFailure(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
  };
}

function requestAttributes({ model, head }: ModelRequest, provider: Provider): Attributes {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': providerName(provider),
    'gen_ai.request.model': model,
    'gen_ai.request.max_tokens': head.maxOutputTokens,
    ...(provider === 'offline' ? {} : { 'gen_ai.request.stream': true }),
  };
}
