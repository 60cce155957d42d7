import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scout } from './harness';
import type { Question, Quiz } from './questions';
import { filesOf } from './rg';

const CITATIONS = 5;

export interface Score {
  right: number;
  asked: number;
  /** Of each question that failed: what was expected, and what was cited. */
  misses: string[];
}

/** How many questions have a right line among the first five citations. */
export async function score(root: string, { questions }: Quiz): Promise<Score> {
  const misses: string[] = [];
  for (const question of questions) {
    const expected = expectedPlaces(root, question);
    if (expected.length === 0) throw new Error(`No line answers "${question.ask}": the package has changed.`);
    const { cited } = await scout(root, question.ask);
    if (!cited.slice(0, CITATIONS).some((place) => expected.includes(place))) {
      misses.push(
        `${question.ask} expected ${expected.join(', ')} cited ${cited.slice(0, CITATIONS).join(', ')}`,
      );
    }
  }
  return { right: questions.length - misses.length, asked: questions.length, misses };
}

/** Read from the package as installed, so that another version of it moves the lines without breaking the test. */
function expectedPlaces(root: string, { file, line }: Question): string[] {
  return filesOf(root)
    .filter((name) => name.includes(file))
    .flatMap((name) =>
      readFileSync(path.join(root, name), 'utf8')
        .split('\n')
        .flatMap((text, index) => (line.test(text) ? [`${name}:${index + 1}`] : [])),
    );
}
