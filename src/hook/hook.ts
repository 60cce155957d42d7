/** One call of a hook: from the event to what Claude Code is answered. */
import type { AgentsContext } from '../agents/context';
import { memoryOf } from './beginning';
import type { HookInput } from './event';
import { look } from './look';
import type { Memory } from './memory';
import { afterAStop, holdsUpAStop, type News, told } from './news';

/** The shapes that Claude Code's reference gives for the two events that speak to the model. */
export type HookReply =
  | { hookSpecificOutput: { hookEventName: string; additionalContext: string } }
  | { decision: 'block'; reason: string };

export interface HookLimits {
  timeoutMs: number;
  /** Called before anything is remembered: what is remembered from then on has to be said. */
  claimed(): void;
}

/** Of the time, for the beginnings of results: without them the news are told all the same. */
const WORDS_SHARE = 1 / 3;

/** The news that this session was not told yet, claimed for this call; undefined when there are none. */
export async function replyTo(
  event: HookInput,
  context: AgentsContext,
  { timeoutMs, claimed }: HookLimits,
): Promise<HookReply | undefined> {
  const { stateDir, toolPrefix } = context.config;
  const memory = memoryOf(event, stateDir, context.nowMs());
  const { news, waits } = await look(context, memory, timeoutMs * WORDS_SHARE);
  if (event.hook_event_name === 'Stop' && !holdsUpAStop(news)) return undefined;
  claimed();
  const own = claim(news, memory);
  memory.settle(waits, context.nowMs());
  if (own.length === 0) return undefined;
  const text = told(own, toolPrefix);
  if (event.hook_event_name === 'Stop')
    return { decision: 'block', reason: `${text}\n${afterAStop(toolPrefix)}` };
  return {
    hookSpecificOutput: { hookEventName: event.hook_event_name, additionalContext: text },
  };
}

function claim(news: readonly News[], memory: Memory): News[] {
  return news.filter(({ key }) => memory.claim(key));
}
