/**
 * How far a session on this machine has read each agent, kept where other processes see it: the next command, and the hook
 * of the client whose MCP server read. Each reading appends one short line and nothing is ever changed in place, so
 * commands that run at the same time lose nothing, and half a line after a crash is only skipped.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type Move, moved, type Reading, type Readings, readingOf } from '../workflows/readings';
import type { ReadingPlaces } from './agents/readingPlaces';
import { makePrivateDir, writeFileAtomically } from './local/paths';

/** Longer files are rewritten with two lines for each of the agents that were read last. */
const MAX_BYTES = 256 * 1024;
/** `open`, or when the agent ended whose result was read to its end; `end` is what former versions wrote for that. */
const LINE = /^([A-Za-z0-9_-]{1,100}) (\d{1,12}) (open|end|\d{1,16})$/;

/** Of agents that ended longer ago nothing is left to be read. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** @param sessionId goes into a file's name: one of ours, never a caller's words */
export function placesOf(stateDir: string, sessionId: string): ReadingPlaces {
  return placesInFile(path.join(stateDir, 'sessions', `${sessionId}.log`));
}

export function placesInFile(file: string): ReadingPlaces {
  let readings: Readings = new Map();
  let readStamp = '';

  /** Another command may have written meanwhile; an unchanged file is not read again. */
  function current(): Readings {
    const stamp = stampOf(file);
    if (stamp !== readStamp) {
      readings = parse(textOf(file));
      readStamp = stamp;
    }
    return readings;
  }

  return {
    of: async () => current(),
    move: async (agentId, move) => {
      const known = readingOf(current(), agentId);
      if (known.lines >= move.lines && (known.endedAtMs ?? 0) >= (move.endedAtMs ?? 0)) return;
      append(file, agentId, move);
    },
  };
}

/** A place that cannot be noted, as on a full disk, is no reason to keep the output from whoever asked for it. */
function append(file: string, agentId: string, move: Move): void {
  try {
    makePrivateDir(path.dirname(file));
    const before = fs.statSync(file, { throwIfNoEntry: false });
    if (!before) sweep(path.dirname(file), Date.now() - KEPT_MS);
    if ((before?.size ?? 0) > MAX_BYTES) compact(file);
    // Begun on a new line, whatever a crash left behind.
    fs.appendFileSync(file, `\n${lineOf(agentId, move)}`, { mode: 0o600 });
  } catch {
    return;
  }
}

/** Each session leaves a file: a new one takes those along that nobody has written to for so long. */
function sweep(dir: string, untilMs: number): void {
  for (const name of fs.readdirSync(dir)) {
    const file = path.join(dir, name);
    if (name.endsWith('.log') && fs.statSync(file).mtimeMs < untilMs) fs.rmSync(file, { force: true });
  }
}

function compact(file: string): void {
  const lines = [...parse(textOf(file))].map(([agentId, reading]) => linesOf(agentId, reading));
  writeFileAtomically(file, lines.join(''));
}

/** Read back, they come to the same reading. */
function linesOf(agentId: string, reading: Reading): string {
  return lineOf(agentId, { lines: reading.before }) + lineOf(agentId, reading);
}

function lineOf(agentId: string, { lines, endedAtMs }: Move): string {
  return `${agentId} ${lines} ${endedAtMs ?? 'open'}\n`;
}

function parse(text: string): Readings {
  const moves = text.split('\n').flatMap((line): [string, Move][] => {
    const [, agentId, lines, state] = LINE.exec(line) ?? [];
    return agentId === undefined ? [] : [[agentId, { lines: Number(lines), ...endOf(state) }]];
  });
  return moved(new Map(), moves);
}

function endOf(state: string | undefined): Pick<Move, 'endedAtMs'> {
  if (state === 'open') return {};
  return { endedAtMs: state === 'end' ? Number.MAX_SAFE_INTEGER : Number(state) };
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Changes with the file; the same while there is none that can be looked at. */
function stampOf(file: string): string {
  try {
    const { ino, size, mtimeNs } = fs.statSync(file, { bigint: true });
    return `${ino}.${size}.${mtimeNs}`;
  } catch {
    return '';
  }
}
