/**
 * Whether a run asks its model past the queue of the tier. It does once the queue was found to be short, and no more once it was
 * sent back for want of a place: a swarm would else make two calls of each one that cannot be served at once. Pure.
 */
export class ShortCut {
  private isOpen = false;

  constructor(private isAllowed: boolean) {}

  get open(): boolean {
    return this.isAllowed && this.isOpen;
  }

  /** @param queuedMs absent for a call that did not queue */
  answered(queuedMs: number | undefined): void {
    if (queuedMs !== undefined) this.isOpen = queuedMs < SHORT_MS;
  }

  sentBack(): void {
    this.isAllowed = false;
  }
}

/** A queue that is empty hands a call over in milliseconds; on a machine with much else to do in some hundred. */
const SHORT_MS = 1_000;
