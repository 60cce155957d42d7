/** Ctrl-C, or SIGTERM from whoever runs a worker. */

/**
 * The first signal asks for an end in good order, a second one does not wait for it: what is in flight is then lost to this
 * process, and another worker takes it over once its heartbeats are missed.
 */
export function onShutdownSignals(stop: (name: string) => void): { close(): void } {
  let asked = false;
  const handle = (name: NodeJS.Signals, number: number) => {
    if (asked) process.exit(128 + number);
    asked = true;
    stop(name);
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    close: () => {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}
