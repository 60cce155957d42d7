import type { Step } from './modelServer';

/** A script whose steps wait until they are released, so that a test can act meanwhile. */
export function heldScript(steps: readonly Step[]): {
  script: (turn: number, request?: unknown) => Promise<Step>;
  release: () => void;
} {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    release,
    script: async (turn) => {
      await held;
      const step = steps[turn];
      if (!step) throw new Error(`There is no step for turn ${turn}.`);
      return step;
    },
  };
}
