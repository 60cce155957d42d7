import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** An agent's wall time. It stands still while the agent waits for a person, and cancels the work when it has run out. */
export class Clock {
  expired = false;
  private readonly work = new CancellationScope();
  private timer: CancellationScope | undefined;
  private startedAtMs = 0;

  constructor(private remainingMs: number) {}

  /** The work was told to stop: by this clock, or from outside. */
  get stopped(): boolean {
    return this.work.consideredCancelled;
  }

  /** What is left, as of when it last stood still. */
  get leftMs(): number {
    return this.remainingMs;
  }

  /** The time is up, though the server may fire its timer as much as a second later. */
  get isUp(): boolean {
    return Date.now() - this.startedAtMs >= this.remainingMs;
  }

  /** Runs `body`, cancelled when the time is up. */
  async during(body: () => Promise<void>): Promise<void> {
    this.start();
    try {
      await this.work.run(body);
    } finally {
      this.stop();
    }
  }

  /** Runs `wait` without its time being counted. */
  async pausedDuring<T>(wait: () => Promise<T>): Promise<T> {
    this.stop();
    try {
      return await wait();
    } finally {
      this.start();
    }
  }

  private start(): void {
    this.startedAtMs = Date.now();
    const timer = new CancellationScope({ cancellable: true });
    this.timer = timer;
    timer
      .run(async () => {
        await sleep(this.remainingMs);
        this.expired = true;
        this.work.cancel();
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  private stop(): void {
    this.remainingMs = Math.max(1, this.remainingMs - (Date.now() - this.startedAtMs));
    this.timer?.cancel();
  }
}
