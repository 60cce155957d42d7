/** How much of many agents fits what a caller, whose model reads it, can be given at once. Pure. */
import { cursorOf } from './cursor';
import { MOST_MAX_CHARS } from './defaults';
import type { ListResult } from './results';

/** Counts, and what stands around the agents. */
const FRAME_CHARS = 1_000;
/** Of an agent that is waited for, besides its result. */
const BRIEF_CHARS = 130;
const RESULT_CHARS = 200;

/** A page that ends where it would be too long, with the place to read on from. */
export function withinReach(listed: ListResult, mostChars: number = MOST_MAX_CHARS): ListResult {
  let left = mostChars - FRAME_CHARS;
  const end = listed.agents.findIndex((agent) => {
    left -= JSON.stringify(agent).length + 1;
    return left < 0;
  });
  const agents = end < 0 ? listed.agents : listed.agents.slice(0, Math.max(1, end));
  const last = agents.at(-1);
  if (!last || agents.length === listed.agents.length) return listed;
  const place = { createdAtMs: Date.parse(last.created_at), agentId: last.agent_id };
  return { ...listed, agents, next_cursor: cursorOf(place) };
}

/** Of each result so much is shown: less where there are very many. */
export function resultChars(agents: number): number {
  const share = Math.floor(MOST_MAX_CHARS / Math.max(1, agents)) - BRIEF_CHARS;
  return Math.max(0, Math.min(RESULT_CHARS, share));
}
