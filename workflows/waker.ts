import { CancellationScope, isCancellation } from '@temporalio/workflow';

/** `woken`: somebody cut the call short, so that it is made again at once; it may have had a result all the same. */
export type Slept<T> = { woken: false; result: T } | { woken: true; result?: T };

/** Cuts a model call short that rests between two tries, or waits for a person. */
export class Waker {
  /** One for all calls, until it is cancelled. */
  private scope: CancellationScope | undefined;
  private isUnderWay = false;
  private woken = false;

  /** Does nothing while no call is under way. */
  wake(): void {
    if (!this.isUnderWay) return;
    this.woken = true;
    this.scope?.cancel();
  }

  async during<T>(call: () => Promise<T>): Promise<Slept<T>> {
    const scope = this.woken || !this.scope ? new CancellationScope() : this.scope;
    this.scope = scope;
    this.woken = false;
    this.isUnderWay = true;
    try {
      const result = await scope.run(call);
      return { woken: this.wasWoken(), result };
    } catch (error) {
      if (this.wasWoken() && isCancellation(error)) return { woken: true };
      throw error;
    } finally {
      this.isUnderWay = false;
    }
  }

  /** Not when the agent itself was stopped meanwhile. */
  private wasWoken(): boolean {
    return this.woken && !CancellationScope.current().consideredCancelled;
  }
}
