/** How often each turn of each agent was asked for and answered. Fields are plain: it crosses a process boundary. */
import type { Fault } from '../plan/faults';

/** Of one turn. */
export interface Tally {
  asked: number;
  /** Times that a connection took the whole reply. */
  answered: number;
}

/** How things stand at one moment. */
export interface Look {
  /** Turns that were asked for at least once: the progress of the whole run. */
  turnsSeen: number;
  /** Agents with a call under way, once for each call. */
  open: string[];
}

export interface Totals extends Tally {
  /** Whole answers to turns that had been answered before. */
  repeated: number;
  faults: Record<string, number>;
  /** Requests that the plan does not know, or with another conversation than the plan's. */
  strange: string[];
}

export class Ledger {
  readonly #tallies = new Map<string, Tally>();
  readonly #open = new Map<symbol, string>();
  readonly #faults: Record<string, number> = {};
  readonly #strange: string[] = [];

  /** Counts a try; returns how many came before it, and what to call when its connection is over. */
  ask(marker: string, turn: number): { triesBefore: number; over: (whole: boolean) => void } {
    const key = `${marker} ${turn}`;
    const tally = this.#tallies.get(key) ?? { asked: 0, answered: 0 };
    this.#tallies.set(key, tally);
    const call = Symbol(key);
    this.#open.set(call, marker);
    const triesBefore = tally.asked;
    tally.asked += 1;
    return {
      triesBefore,
      over: (whole) => {
        this.#open.delete(call);
        if (whole) tally.answered += 1;
      },
    };
  }

  fault(fault: Fault): void {
    this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
  }

  strange(what: string): void {
    this.#strange.push(what);
  }

  look(): Look {
    return { turnsSeen: this.#tallies.size, open: [...this.#open.values()] };
  }

  totals(): Totals {
    const tallies = [...this.#tallies.values()];
    const sum = (count: (tally: Tally) => number) => tallies.reduce((total, each) => total + count(each), 0);
    return {
      asked: sum(({ asked }) => asked),
      answered: sum(({ answered }) => answered),
      repeated: sum(({ answered }) => Math.max(0, answered - 1)),
      faults: this.#faults,
      strange: this.#strange,
    };
  }
}
