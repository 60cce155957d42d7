/** An idempotency key that is given to an agent. That it was started is all there is to it: nobody else can start it again. */
export async function key(): Promise<void> {}
