/** The verdict as a person reads it. */
import type { Circumstances } from '../../bench/circumstances';
import type { BlowKind } from '../plan/blows';
import type { RunFacts, Verdict } from './verdict';

export interface Report extends RunFacts {
  verdict: Verdict;
  seed: number;
  stopSeconds: number;
  durationMs: number;
  version: string;
  where: Circumstances;
}

const SHOWN_FINDINGS = 10;
const KINDS: Record<BlowKind, string> = {
  kill_worker: 'kill -9 of the worker',
  kill_server: 'kill -9 of the Temporal server',
  stop_worker: 'worker stopped',
};

export function render(report: Report): string {
  const { verdict, findings, model, where } = report;
  const { found, hits, callsInFlight } = verdict;
  const lines = [
    `${verdict.word.toUpperCase()}: ${found.lost} lost, ${found.doubled} doubled, ${found.unequal} unequal, of ${report.agents} agents`,
    ...verdict.lacks.map((lack) => `  ${lack}`),
    '',
    row('work', `${report.turns} turns, ${report.toolCalls} tool calls, in ${seconds(report.durationMs)}`),
    row('blows', blowsOf(report)),
    row(
      'hits',
      `${hits.count} of ${hits.of} kills hit work in flight (${percent(hits.share)}); ${callsInFlight.median} model calls in flight (median)`,
    ),
    row('moving again', recoveriesOf(verdict)),
    row('model', `${model.asked} requests, ${model.answered} answered, ${faultsOf(report)}`),
    row(
      'repeated',
      `${verdict.repeatedCalls} whole answers to a turn that had had one; at most one for each of ${callsInFlight.sum} calls in flight`,
    ),
    row('seed', `${report.seed}, commit ${where.commit}, ${where.date}`),
    row('with', `${report.version}, Temporal server ${where.temporalServer}, Node.js ${where.node}`),
    row('on', `${where.machine}; ${where.cores} cores, load ${where.loadAverage} at the start`),
  ];
  const said = findings
    .slice(0, SHOWN_FINDINGS)
    .map(({ kind, marker, what }) => `${kind} ${marker}: ${what}`);
  const more = findings.length - said.length;
  const strange = model.strange.slice(0, SHOWN_FINDINGS).map((what) => `asked wrongly: ${what}`);
  return [...lines, ...said, ...(more > 0 ? [`and ${more} more`] : []), ...strange].join('\n');
}

function row(name: string, text: string): string {
  return `${name.padEnd(13)} ${text}`;
}

function blowsOf({ verdict, stopSeconds }: Report): string {
  return Object.entries(KINDS)
    .map(([kind, name]) => {
      const count = Object.entries(verdict.struck).find(([known]) => known === kind)?.[1] ?? 0;
      return `${count} × ${name}${kind === 'stop_worker' ? ` for ${stopSeconds} s` : ''}`;
    })
    .join(', ');
}

function recoveriesOf({ recoveryMs }: Verdict): string {
  const times = Object.entries(recoveryMs).map(([kind, { median, max }]) => {
    const name = Object.entries(KINDS).find(([known]) => known === kind)?.[1] ?? kind;
    return `${name}: ${seconds(median)}, at most ${seconds(max)}`;
  });
  return times.join('; ') || '-';
}

function faultsOf({ model }: Report): string {
  const faults = Object.entries(model.faults).map(([fault, count]) => `${count} ${fault}`);
  return faults.length > 0 ? `faults: ${faults.join(', ')}` : 'no faults';
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
