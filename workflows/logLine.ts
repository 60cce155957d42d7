/** An agent's log as it crosses boundaries: plain JSON, line by line. */

/** `message`: what somebody sent to the agent. */
export const LINE_KINDS = ['text', 'tool', 'note', 'message'] as const;
export type LineKind = (typeof LINE_KINDS)[number];
/** One line of an agent's log. Its number is its place in the log, counted from 0. */
export interface LogLine {
  kind: LineKind;
  turn: number;
  text: string;
}

/** A run of consecutive log lines joined with newlines; `line` is the number of the first. */
export interface Segment {
  line: number;
  text: string;
}

/** The lines that an earlier run of the same agent added to the log. */
export interface EarlierRun {
  runId: string;
  /** Number of the first, … */
  from: number;
  /** … and of the first after them. */
  to: number;
}

/** Answer of the `output` query: a page of the log. */
export interface OutputPage {
  lines: LogLine[];
  /** Number of the first line of this page: later than asked for when those lines are with earlier runs. */
  from: number;
  /** The runs that have the lines between the one asked for and `from`. */
  earlier?: EarlierRun[];
  /** Lines in the whole log. */
  lineCount: number;
  /** Turn that gave the final answer, once there is one. */
  answerTurn?: number;
}
