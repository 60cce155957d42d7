/** The conversation as a model activity sees it: asked of the workflow, never passed as an argument. */
import { ApplicationFailure } from '@temporalio/common';
import { LRUCache } from 'lru-cache';
import type { ConversationHead, ConversationSlice, Message } from '../workflows/contract';

/** Answers the `conversation` query of one run. */
export type QueryConversation = (run: RunId, from: number, to: number) => Promise<ConversationSlice>;

export interface RunId {
  workflowId: string;
  runId: string;
}

export interface Transcript {
  head: ConversationHead;
  messages: Message[];
}

/** Agents whose conversation one process keeps; the others are asked for again, which costs milliseconds. */
const KEPT_AGENTS = 200;

/**
 * Keeps what it has seen of each conversation and asks only for what is new. Messages are append-only, so a
 * retry that asks for the same length gets the very same messages, whatever came later.
 */
export function transcripts(
  query: QueryConversation,
): (run: RunId, messageCount: number) => Promise<Transcript> {
  const kept = new LRUCache<string, Transcript>({ max: KEPT_AGENTS });
  return async (run, messageCount) => {
    const key = `${run.workflowId}/${run.runId}`;
    let known = kept.get(key);
    while (!known || known.messages.length < messageCount) {
      const slice: ConversationSlice = await query(run, known?.messages.length ?? 0, messageCount);
      if (slice.messages.length === 0) throw missing(known?.messages.length ?? 0, messageCount);
      known = { head: slice.head, messages: [...(known?.messages ?? []), ...slice.messages] };
    }
    kept.set(key, known);
    return { head: known.head, messages: known.messages.slice(0, messageCount) };
  };
}

function missing(have: number, want: number): ApplicationFailure {
  return ApplicationFailure.retryable(`The workflow gave ${have} of ${want} messages.`, 'retryable');
}
