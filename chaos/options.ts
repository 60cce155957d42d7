import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { BlowKind } from './plan/blows';
import { SABOTAGES, type Sabotage } from './sabotage';

export interface ChaosOptions {
  agents: number;
  blows: Record<BlowKind, number>;
  stopSeconds: number;
  seed: number;
  jsonFile?: string;
  sabotage?: Sabotage;
}

export const USAGE = `Usage: npm run chaos -- [--agents 1000] [--kills 50] [--seed N] [--json FILE] …
  --agents N         agents in all
  --kills N          kill -9 of the worker, so many times
  --server-kills N   kill -9 of the Temporal server; default a tenth of --kills
  --stops N          stops of the worker by SIGSTOP; default 1
  --stop-seconds N   how long each of them lasts; default 60
  --seed N           what the plan follows from; default a new one, which the verdict names
  --json FILE        write the verdict, with every blow, to FILE
  --sabotage WHAT    examine this harness: break ${SABOTAGES.join(', ')}; the verdict must then be red`;

const LARGEST_SEED = 2 ** 31 - 1;

/** @throws Error that says which option is wrong. */
export function readOptions(args: string[]): ChaosOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      agents: { ...text, default: '1000' },
      kills: { ...text, default: '50' },
      'server-kills': text,
      stops: { ...text, default: '1' },
      'stop-seconds': { ...text, default: '60' },
      seed: { ...text, default: String(randomInt(LARGEST_SEED)) },
      json: text,
      sabotage: text,
    },
  });
  const kills = whole('kills', values.kills, 0);
  return {
    agents: whole('agents', values.agents, 1),
    blows: {
      kill_worker: kills,
      kill_server: whole('server-kills', values['server-kills'] ?? String(Math.ceil(kills / 10)), 0),
      stop_worker: whole('stops', values.stops, 0),
    },
    stopSeconds: whole('stop-seconds', values['stop-seconds'], 1),
    seed: whole('seed', values.seed, 0),
    ...(values.json === undefined ? {} : { jsonFile: values.json }),
    ...(values.sabotage === undefined ? {} : { sabotage: sabotageOf(values.sabotage) }),
  };
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= LARGEST_SEED) return number;
  throw new Error(`--${name} ${JSON.stringify(text)}: expected a whole number from ${least} on`);
}

function sabotageOf(name: string): Sabotage {
  const found = SABOTAGES.find((known) => known === name);
  if (found === undefined)
    throw new Error(`--sabotage ${JSON.stringify(name)}: expected one of ${SABOTAGES.join(', ')}`);
  return found;
}
