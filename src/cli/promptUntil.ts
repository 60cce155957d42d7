/**
 * Runs a prompt of clack's that a signal may take away. Clack hears the signal also when the prompt is over, and breaks the line under
 * whatever stands there by then: so it is handed one that tells only of what happens meanwhile.
 */
export async function promptUntil<T>(
  signal: AbortSignal,
  prompt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const away = new AbortController();
  const take = () => away.abort();
  if (signal.aborted) take();
  signal.addEventListener('abort', take);
  try {
    return await prompt(away.signal);
  } finally {
    signal.removeEventListener('abort', take);
  }
}
