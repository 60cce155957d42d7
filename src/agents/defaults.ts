/** Defaults and bounds that callers see, each in one place. It imports nothing: input schemas are needed before Temporal's client is. */

/** Agents in one page of a list. */
export const DEFAULT_LIMIT = 20;
export const DEFAULT_MAX_CHARS = 8_000;
export const MOST_MAX_CHARS = 40_000;
export const DEFAULT_WAIT_MS = 30_000;
/** With {@link WAIT_MARGIN_MS} below the 60 s after which MCP clients give a call up. */
export const MOST_WAIT_MS = 55_000;
/** A foreground spawn waits this long, then the agent goes on in the background. */
export const FOREGROUND_MS = 50_000;

/** Agents that one call starts. */
export const MOST_TASKS = 50;
