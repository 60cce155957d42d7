import type {
  AssistantBlock,
  ConversationHead,
  Message,
  StopReason,
  Tier,
  Tokens,
} from '../../workflows/contract';

/** A tool as a model is told of it: `inputSchema` is JSON Schema. */
export interface ToolSchema {
  name: string;
  description: string;
  inputSchema: Record<string, unknown>;
}

/** One call of a model: the whole conversation, so that a model needs no memory of its own. */
export interface ModelRequest {
  model: string;
  head: ConversationHead;
  messages: readonly Message[];
  tools: readonly ToolSchema[];
}

export interface ModelCallOptions {
  /** Aborting it ends the call; what was said by then is returned with `stop: 'aborted'`. */
  signal: AbortSignal;
  /** Whose limits the call counts against; it changes nothing of the call itself. */
  tier?: Tier;
  /** Called with the text of the reply so far, as it grows. */
  onText?: (textSoFar: string) => void;
  /** Called once it is known who answers: the reply's id, and the model by the name that its provider gives it. */
  onServed?: (by: { id: string; model: string }) => void;
}

export interface ModelAnswer {
  blocks: AssistantBlock[];
  stop: StopReason;
  /** Name of a tool call that the output limit cut off; it is not among `blocks`. */
  truncatedToolCall?: string;
  tokens: Tokens;
}

/**
 * The one door to a language model.
 * @throws ApplicationFailure as made by `failure.ts`; never for an abort.
 */
export interface Model {
  call(request: ModelRequest, options: ModelCallOptions): Promise<ModelAnswer>;
}
