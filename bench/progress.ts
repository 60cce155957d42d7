/** Progress goes to stderr: stdout carries the table alone. */
export function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
