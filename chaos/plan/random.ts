/** Choices that follow from a seed alone. Each purpose draws from a stream of its own, so that a longer run begins as a shorter one does. */
import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Random {
  /** A whole number, both ends included. */
  int(least: number, most: number): number;
  /** True with this chance, in percent. */
  percent(chance: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
  shuffled<T>(items: readonly T[]): T[];
}

export function randomFor(seed: number, purpose: string): Random {
  const start = createHash('sha256').update(`${seed} ${purpose}`).digest().readInt32BE(0);
  const generator = xoroshiro128plus(start);
  const int = (least: number, most: number) => uniformInt(generator, least, most);
  return {
    int,
    percent: (chance) => int(1, 100) <= chance,
    pick: (choices) => choices[int(0, choices.length - 1)] ?? choices[0],
    shuffled(items) {
      const rest = [...items];
      return items.flatMap(() => rest.splice(int(0, rest.length - 1), 1));
    },
  };
}
