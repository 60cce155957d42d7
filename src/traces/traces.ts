/** One trace an agent: the agent, its model calls and its tool calls, from however many workers they come. */
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Activities } from '../../activities';
import type { Model } from '../../activities/model/model';
import type { Ending } from '../../workflows/announcing';
import type { Provider, ToolCall } from '../../workflows/contract';
import type { Env } from '../config';
import { VERSION } from '../version';
import { traceEnding } from './agent';
import { capturesContent } from './content';
import { AgentIds } from './ids';
import { tracedModel } from './model';
import { openProvider } from './provider';
import { tracedTool } from './tool';
import { AgentTracer } from './tracer';

export interface Traces {
  models(models: Record<Provider, Model>): Record<Provider, Model>;
  activities(activities: Activities): Activities;
  /** What a workflow tells of its agent's ending. */
  ended(agentId: string, ending: Ending): void;
  /** Sends what is left, as far as that is possible in a moment. */
  close(): Promise<void>;
}

/** A worker that ends has used up its grace by then, and whoever ends it waits for two seconds more. */
const FLUSH_MS = 1_500;

export async function openTraces(env: Env, warn: (text: string) => void): Promise<Traces> {
  const ids = new AgentIds();
  const provider = await openProvider(env, ids, warn);
  const tracer = new AgentTracer(provider.getTracer('background-agents', VERSION), ids);
  const content = capturesContent(env);
  const toolsOf = ({ callTool, tryTool, default: other }: Activities) => {
    const titledTry = tracedTool(other, tracer, content);
    return {
      callTool: tracedTool(callTool, tracer, content),
      tryTool: tracedTool(tryTool, tracer, content),
      // What is no try is of another version, and refused.
      default: (call: ToolCall) => (Context.current().info.isLocal ? titledTry(call) : other(call)),
    };
  };
  return {
    models: ({ anthropic, offline }) => ({
      anthropic: tracedModel(anthropic, 'anthropic', tracer, content),
      offline: tracedModel(offline, 'offline', tracer, content),
    }),
    activities: (activities) => ({ ...activities, ...toolsOf(activities) }),
    ended: (agentId, ending) => traceEnding(tracer, agentId, ending),
    close: async () => {
      const sent = provider.shutdown().catch(() => undefined);
      await Promise.race([sent, delay(FLUSH_MS, undefined, { ref: false })]);
    },
  };
}
