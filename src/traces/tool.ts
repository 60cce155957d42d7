/** Tools whose every call is a span of the agent that makes it. */
import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { Context } from '@temporalio/activity';
import { runOf } from '../../activities/callModel';
import type { ToolCall, ToolResult } from '../../workflows/contract';
import { contentOfCall, contentOfResult } from './content';
import { noteFailure } from './failure';
import type { AgentTracer } from './tracer';

/** A try that was not done in its moment has no span: the call is made again in earnest. */
export function tracedTool<R extends ToolResult | null>(
  run: (call: ToolCall) => Promise<R>,
  tracer: AgentTracer,
  capturesContent: boolean,
): (call: ToolCall) => Promise<R> {
  return async (call) => {
    const context = Context.current();
    const span = tracer.child(runOf(context).workflowId, `execute_tool ${call.name}`, {
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': call.name,
        'gen_ai.tool.type': 'function',
        ...(call.id === undefined ? {} : { 'gen_ai.tool.call.id': call.id }),
        'background_agents.attempt': context.info.attempt,
      },
    });
    if (capturesContent) span.setAttributes(contentOfCall(call));
    try {
      const result = await run(call);
      if (result === null) return result;
      noteResult(span, result);
      if (capturesContent) span.setAttributes(contentOfResult(result));
      span.end();
      return result;
    } catch (error) {
      noteFailure(span, error);
      span.end();
      throw error;
    }
  };
}

function noteResult(span: Span, { isError, aborted }: ToolResult): void {
  if (aborted) span.setAttributes({ 'background_agents.aborted': true });
  if (!isError || aborted) return;
  span.setAttributes({ 'error.type': 'tool_error' });
  span.setStatus({ code: SpanStatusCode.ERROR });
}
