/** What was started is stopped again, in reverse order, also when the run is interrupted. */
export class Cleanup {
  readonly #steps: (() => unknown)[] = [];
  #running: Promise<void> | undefined;

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        void this.run().finally(() => process.exit(130));
      });
    }
  }

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  get started(): boolean {
    return this.#running !== undefined;
  }

  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  /** One step that fails must not keep the others from running. */
  async #runAll(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        console.error(`cleaning up: ${String(error)}`);
      }
    }
  }
}

/** The exit code of `work`, when all that it started is gone again. */
export async function withCleanup(work: (cleanup: Cleanup) => Promise<number>): Promise<number> {
  const cleanup = new Cleanup();
  try {
    return await work(cleanup);
  } catch (error) {
    // An interrupted run takes the server away under its own calls: their errors say nothing.
    if (!cleanup.started) console.error(error);
    return 1;
  } finally {
    await cleanup.run();
  }
}
