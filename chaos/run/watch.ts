/** Looks at the run's progress all the time, and notices when there is none any more. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ModelProcess } from '../model/client';

const EVERY_MS = 100;

export class Watch {
  turnsSeen = 0;
  /** Calls of the model under way. */
  open: string[] = [];
  #lastProgressMs = Date.now();
  #ended = false;

  constructor(
    private readonly model: ModelProcess,
    /** Longest time without a new turn, after which nothing is waited for any longer. */
    private readonly patienceMs: number,
  ) {}

  async run(): Promise<void> {
    while (!this.#ended) {
      const { turnsSeen, open } = await this.model.look();
      if (turnsSeen > this.turnsSeen) this.#lastProgressMs = Date.now();
      this.turnsSeen = turnsSeen;
      this.open = open;
      await delay(EVERY_MS);
    }
  }

  end(): void {
    this.#ended = true;
  }

  /** For a standstill that is part of the plan. */
  excuse(): void {
    this.#lastProgressMs = Date.now();
  }

  get isStuck(): boolean {
    return Date.now() - this.#lastProgressMs > this.patienceMs;
  }

  /** False when it did not come to pass: the run is over, or stuck. */
  async until(condition: () => boolean): Promise<boolean> {
    while (!condition()) {
      if (this.#ended || this.isStuck) return false;
      await delay(EVERY_MS);
    }
    return true;
  }
}
