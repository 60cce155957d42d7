/** An agent as a file: what it was given, all that happened, and what came of it. */
import type { StatusResult } from '../agents/results';
import { usageResultOf } from '../agents/status';
import { VERSION } from '../version';
import type { Recorded } from './recorded';
import { givenInput } from './shapes';
import { type Entry, lastText, transcriptOf, usageByModel } from './transcript';

/** Raised when something in it is renamed, removed, or comes to mean something else; what is added does not count. */
const SCHEMA_VERSION = 1;

export type ExportDocument = ReturnType<typeof documentOf>;

export interface Told {
  status: StatusResult;
  /** What each run that is still kept recorded, oldest first. */
  runs: readonly (readonly Recorded[])[];
  nowMs: number;
}

export function documentOf({ status, runs, nowMs }: Told) {
  const given = inputOf(runs);
  const transcript = transcriptOf(runs, given?.tools ?? []);
  return {
    schema: 'background-agents/agent',
    schema_version: SCHEMA_VERSION,
    exported_at: new Date(nowMs).toISOString(),
    exported_by: `background-agents ${VERSION}`,
    agent: status,
    input: given ? toInput(given) : null,
    answer: status.status === 'completed' ? lastText(transcript) : null,
    usage_by_model: usageByModel(transcript).map(({ model, usage }) => ({ model, ...usageResultOf(usage) })),
    transcript: transcript.map(toEntry),
    notes: notesOn(status, transcript, given !== undefined),
  };
}

function inputOf(runs: readonly (readonly Recorded[])[]) {
  for (const [first] of runs) {
    const given = first?.kind === 'started' ? givenInput.safeParse(first.args[0]).data : undefined;
    if (given) return given;
  }
  return undefined;
}

function toInput({ agentType, createdAtMs, limits, ...given }: NonNullable<ReturnType<typeof inputOf>>) {
  return {
    ...given,
    agent_type: agentType,
    created_at: new Date(createdAtMs).toISOString(),
    limits: Object.fromEntries(Object.entries(limits).map(([name, value]) => [snake(name), value])),
  };
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function toEntry(entry: Entry) {
  return entry.kind === 'turn' || entry.kind === 'summary'
    ? { ...entry, usage: usageResultOf(entry.usage) }
    : entry;
}

function notesOn(status: StatusResult, transcript: readonly Entry[], hasInput: boolean): string[] {
  return [
    ...(status.finished_at === undefined ? ['It had not ended when it was exported.'] : []),
    ...(transcript.some(({ kind }) => kind === 'carried')
      ? ['Its earlier runs are no longer kept: of them only the conversation is here, as it was handed on.']
      : []),
    ...(hasInput ? [] : ['What it was given is no longer kept.']),
  ];
}
