/** From the findings and the blows to the one word: green, red, or a run that does not count. Pure. */
import { median } from '../../bench/figures';
import type { Totals } from '../model/ledger';
import { BLOWS, type BlowKind } from '../plan/blows';
import type { Struck } from '../run/striking';
import type { Finding, FindingKind } from './judge';

/** Of the kills, so many must have hit work in flight; one that hits nothing shows nothing. */
const LEAST_HIT_SHARE = 0.9;

export interface RunFacts {
  agents: number;
  turns: number;
  toolCalls: number;
  planned: Record<BlowKind, number>;
  struck: readonly Struck[];
  findings: readonly Finding[];
  model: Totals;
}

export type Word = 'green' | 'red' | 'does not count';

export interface Verdict {
  word: Word;
  /** Why a run does not count. */
  lacks: string[];
  /** Agents with such a finding. */
  found: Record<FindingKind, number>;
  struck: Record<BlowKind, number>;
  /** Kills that hit work in flight, of all kills. */
  hits: { count: number; of: number; share: number };
  callsInFlight: { median: number; sum: number };
  repeatedCalls: number;
  recoveryMs: Partial<Record<BlowKind, { median: number; max: number }>>;
}

export function verdictOf({ planned, struck, findings, model }: RunFacts): Verdict {
  const kills = struck.filter(({ kind }) => kind !== 'stop_worker');
  const hits = kills.filter(({ hit }) => hit).length;
  const share = kills.length === 0 ? 1 : hits / kills.length;
  const countOf = (kind: BlowKind) => struck.filter((blow) => blow.kind === kind).length;
  const lacks = [
    ...BLOWS.filter((kind) => countOf(kind) < planned[kind]).map(
      (kind) => `${kind} fell ${countOf(kind)} times of ${planned[kind]} planned: the work had ended before`,
    ),
    ...(share < LEAST_HIT_SHARE ? [`only ${hits} of ${kills.length} kills hit work in flight`] : []),
  ];
  const isRed = findings.length > 0 || model.strange.length > 0;
  const inFlight = struck.map(({ callsInFlight }) => callsInFlight);
  return {
    word: isRed ? 'red' : lacks.length > 0 ? 'does not count' : 'green',
    lacks,
    found: {
      lost: agentsWith(findings, 'lost'),
      doubled: agentsWith(findings, 'doubled'),
      unequal: agentsWith(findings, 'unequal'),
    },
    struck: {
      kill_worker: countOf('kill_worker'),
      kill_server: countOf('kill_server'),
      stop_worker: countOf('stop_worker'),
    },
    hits: { count: hits, of: kills.length, share },
    callsInFlight: { median: median(inFlight), sum: inFlight.reduce((sum, count) => sum + count, 0) },
    repeatedCalls: model.repeated,
    recoveryMs: recoveries(struck),
  };
}

function agentsWith(findings: readonly Finding[], kind: FindingKind): number {
  return new Set(findings.filter((each) => each.kind === kind).map(({ marker }) => marker)).size;
}

function recoveries(struck: readonly Struck[]): Verdict['recoveryMs'] {
  const found: Verdict['recoveryMs'] = {};
  for (const kind of BLOWS) {
    const times = struck.flatMap((blow) => (blow.kind === kind ? (blow.recoveredMs ?? []) : []));
    if (times.length > 0) found[kind] = { median: median(times), max: Math.max(...times) };
  }
  return found;
}

export const EXIT_CODES: Record<Word, number> = { green: 0, red: 1, 'does not count': 2 };
