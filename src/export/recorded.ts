/** What a history says of an agent, decoded: the few kinds of events that tell its story. */

interface At {
  atMs: number;
}

/** `seq`: the order in which the workflow asked for its calls, of whichever kind. */
export type Recorded = At &
  (
    | { kind: 'started'; runId: string; args: readonly unknown[] }
    | { kind: 'scheduled'; eventId: string; seq: number; activity: string; args: readonly unknown[] }
    | { kind: 'begun'; scheduledId: string; attempt: number }
    | { kind: 'done'; scheduledId: string; result: unknown }
    | { kind: 'failed'; scheduledId: string; why: string }
    /** Sent back before it began: another one took its place. */
    | { kind: 'sentBack'; scheduledId: string }
    /** A call within the workflow's own task: without a result, it was left to an ordinary one. */
    | { kind: 'tried'; seq: number; result: unknown }
    /** A signal or an update. */
    | { kind: 'told'; name: string; args: readonly unknown[] }
    | { kind: 'ended'; how: string }
  );
