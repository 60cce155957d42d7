/** What a part of a client's configuration can have done to it; texts in, texts out. */
import type { Json } from '../../workflows/contract';

/** What an installation leaves to know, so that it can be undone when the text has changed since. */
export interface Traces {
  /** Containers that were made for it, inmost first: they go again when nothing else has come in. */
  made: string[][];
  /** What stood in the place of our entry; in TOML its text. */
  before?: Json;
}

export interface Edit {
  /** @throws ConfigError for a text that is broken, with line and column */
  put(text: string): { text: string; traces: Traces };
  /** Takes out what is ours, whatever else has changed. */
  take(text: string, traces: Traces): string;
}

export const NO_TRACES: Traces = { made: [] };
