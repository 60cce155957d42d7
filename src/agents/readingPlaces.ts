/** Where a session keeps how far it has read: each kind of session in its own place. */
import { type Move, moved, type Readings } from '../../workflows/readings';

export interface ReadingPlaces {
  /** How far these have been read, by agent, or by agent and filter; undefined while nobody can tell. */
  of(keys: readonly string[]): Promise<Readings | undefined>;
  /** A place that cannot be noted is no reason to keep an output from whoever asked for it: this never fails. */
  move(key: string, move: Move): Promise<void>;
}

/** For as long as this process lives. */
export function placesInMemory(): ReadingPlaces {
  let readings: Readings = new Map();
  return {
    of: async () => readings,
    move: async (key, move) => {
      readings = moved(readings, [[key, move]]);
    },
  };
}
