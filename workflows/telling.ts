/**
 * A workflow tells the process it runs in how its conversation grew. A model call there then has it at hand, without a
 * query through the server; one in another process, or after a restart, asks as before. Nothing of it is recorded.
 */
import { proxySinks, type Sinks, workflowInfo } from '@temporalio/workflow';
import type { ConversationHead, ConversationSlice } from './contract';
import { sliceOf } from './conversation';
import type { AgentState } from './state';

export interface ConversationSinks extends Sinks {
  conversation: {
    /** From message `from` on, it is now this. */
    grew(from: number, slice: ConversationSlice): void;
  };
}

const { conversation } = proxySinks<ConversationSinks>();

export class Teller {
  private told = 0;
  private epoch = 0;

  constructor(private readonly head: ConversationHead) {}

  tell(state: Pick<AgentState, 'messages' | 'epoch'>): void {
    const from = state.epoch === this.epoch ? this.told : 0;
    const slice = sliceOf(this.head, state, from, state.messages.length);
    this.epoch = state.epoch;
    this.told = from + slice.messages.length;
    if (!workflowInfo().unsafe.isReplaying) conversation.grew(from, slice);
  }
}
