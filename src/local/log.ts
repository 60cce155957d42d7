/** The supervisor's own log: its stderr, which whoever started it has opened on a file. */
export function log(text: string): void {
  console.error(`${new Date().toISOString()} ${text}`);
}
