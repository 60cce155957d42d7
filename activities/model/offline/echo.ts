/** A run of words this long, the same in the task and on a line, is a copy of the task and not its answer. */
const RUN = 5;
const MAX_TASK = 2_000;

/**
 * Tells the lines that repeat the task itself, as a README or a test that uses it as an example does.
 * What the task quotes is no such run: it was quoted to be found.
 */
export function echoOf(task: string): (line: string) => boolean {
  const prose = task.slice(0, MAX_TASK).replace(/`[^`]*`|"[^"]*"|'[^'\n]{2,}'/g, '\n');
  const runs = prose.split('\n').flatMap((part) => {
    const words = wordsOf(part);
    return words
      .slice(0, Math.max(0, words.length - RUN + 1))
      .map((_, at) => words.slice(at, at + RUN).join(' '));
  });
  return (line) => {
    const words = wordsOf(line).join(' ');
    return runs.some((run) => ` ${words} `.includes(` ${run} `));
  };
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? [];
