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

/** The first messages of a conversation, as it is after so many compactions. */
export type ReadTranscript = (run: RunId, messageCount: number, epoch: number) => Promise<Transcript>;

export interface Transcripts {
  read: ReadTranscript;
  /** Takes in what a workflow of this process tells by itself: how its conversation goes on from message `from`. */
  hear(run: RunId, from: number, slice: ConversationSlice): void;
  /** Nobody will ask for that conversation again. */
  forget(run: RunId): void;
}

/** What one process keeps of the conversations of its agents; the rest is asked for again, which costs milliseconds. */
const KEPT_BYTES = 128 * 1024 * 1024;
/** Of each that is kept, besides what it says. */
const ENTRY_BYTES = 1024;
/** More than there are agent types. */
const KEPT_INSTRUCTIONS = 64;

interface Kept extends Transcript {
  epoch: number;
  bytes: number;
}

/**
 * Keeps what it has seen of each conversation and asks only for what is new. Until it is compacted, messages are only
 * ever added, so a retry that asks for the same length gets the very same messages, whatever came later.
 */
export function transcripts(query: QueryConversation, keptBytes = KEPT_BYTES): Transcripts {
  const kept = new LRUCache<string, Kept>({ maxSize: keptBytes, sizeCalculation: ({ bytes }) => bytes });
  const instructions = new LRUCache<string, string>({ max: KEPT_INSTRUCTIONS });
  /** Agents of a type have the same ones, of thousands of characters; each tells its own copy. */
  const shared = (own: string): string => {
    const same = instructions.get(own);
    if (same === undefined) instructions.set(own, own);
    return same ?? own;
  };
  const begun = (head: ConversationHead, epoch: number): Kept => ({
    head: { ...head, instructions: shared(head.instructions) },
    messages: [],
    epoch,
    bytes: ENTRY_BYTES + sizeOf({ ...head, instructions: '' }),
  });
  const keptOf = (run: RunId, epoch: number) => {
    const known = kept.get(keyOf(run));
    return known?.epoch === epoch ? known : undefined;
  };
  return {
    async read(run, messageCount, epoch) {
      const before = keptOf(run, epoch);
      let known = before;
      while (!known || known.messages.length < messageCount) {
        const have = known?.messages.length ?? 0;
        const slice = await query(run, have, messageCount);
        if (slice.messages.length === 0) throw missing(have, messageCount);
        // A workflow of before compaction says nothing of epochs.
        if ((slice.epoch ?? 0) !== epoch) throw compactedMeanwhile();
        known = extended(known ?? begun(slice.head, epoch), slice.messages);
      }
      if (known !== before) kept.set(keyOf(run), known);
      return { head: known.head, messages: known.messages.slice(0, messageCount) };
    },
    hear(run, from, slice) {
      const known = from === 0 ? undefined : keptOf(run, slice.epoch);
      // One that this process has no beginning of is asked for when a call needs it.
      if ((known?.messages.length ?? 0) === from)
        kept.set(keyOf(run), extended(known ?? begun(slice.head, slice.epoch), slice.messages));
    },
    forget(run) {
      kept.delete(keyOf(run));
    },
  };
}

function keyOf({ workflowId, runId }: RunId): string {
  return `${workflowId}/${runId}`;
}

function extended(known: Kept, more: readonly Message[]): Kept {
  return { ...known, messages: [...known.messages, ...more], bytes: known.bytes + sizeOf(more) };
}

function sizeOf(part: ConversationHead | readonly Message[]): number {
  return JSON.stringify(part).length;
}

/** Only a call that its workflow no longer waits for can see this: nobody compacts during a call. */
function compactedMeanwhile(): ApplicationFailure {
  return ApplicationFailure.retryable('The conversation was compacted meanwhile.', 'retryable');
}

function missing(have: number, want: number): ApplicationFailure {
  return ApplicationFailure.retryable(`The workflow gave ${have} of ${want} messages.`, 'retryable');
}
