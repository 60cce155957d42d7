/** Progress goes to stderr: stdout carries the verdict alone. */
export function say(text: string): void {
  process.stderr.write(`chaos: ${text}\n`);
}
