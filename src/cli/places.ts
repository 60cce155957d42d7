/**
 * How far the commands have read each agent, kept between them. Each reading appends one short line and nothing is ever
 * changed in place, so commands that run at the same time lose nothing, and half a line after a crash is only skipped.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { ReadingPlaces } from '../agents/session';
import { makePrivateDir, writeFileAtomically } from '../local/paths';

interface Place {
  lines: number;
  readToTheEnd: boolean;
}

/** Longer files are rewritten with one line for each of the agents that were read last. */
const MAX_BYTES = 256 * 1024;
const KEPT_AGENTS = 2_000;
const LINE = /^([A-Za-z0-9_-]{1,100}) (\d{1,12}) (open|end)$/;

export function placesInFile(file: string): ReadingPlaces {
  let places = new Map<string, Place>();
  let readStamp = '';

  /** Another command may have written meanwhile; an unchanged file is not read again. */
  function current(): Map<string, Place> {
    const stamp = stampOf(file);
    if (stamp !== readStamp) {
      places = parse(textOf(file));
      readStamp = stamp;
    }
    return places;
  }

  return {
    get: (agentId) => current().get(agentId)?.lines ?? 0,
    hasReadToTheEnd: (agentId) => current().get(agentId)?.readToTheEnd ?? false,
    set(agentId, lines, readToTheEnd) {
      const known = current().get(agentId);
      if (known && known.lines >= lines && (known.readToTheEnd || !readToTheEnd)) return;
      if (!known && lines === 0 && !readToTheEnd) return;
      append(file, { agentId, lines, readToTheEnd });
    },
  };
}

/** A place that cannot be noted, as on a full disk, is no reason to keep the output from whoever asked for it. */
function append(file: string, { agentId, lines, readToTheEnd }: Place & { agentId: string }): void {
  try {
    makePrivateDir(path.dirname(file));
    if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) compact(file);
    // Begun on a new line, whatever a crash left behind.
    fs.appendFileSync(file, `\n${agentId} ${lines} ${readToTheEnd ? 'end' : 'open'}\n`, { mode: 0o600 });
  } catch {
    return;
  }
}

function compact(file: string): void {
  const last = [...parse(textOf(file))].slice(-KEPT_AGENTS);
  const lines = last.map(
    ([agentId, place]) => `${agentId} ${place.lines} ${place.readToTheEnd ? 'end' : 'open'}\n`,
  );
  writeFileAtomically(file, lines.join(''));
}

/** By agent, those read last at the end. A place only ever moves forward. */
function parse(text: string): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const line of text.split('\n')) {
    const [, agentId, lines, state] = LINE.exec(line) ?? [];
    if (agentId === undefined) continue;
    const known = places.get(agentId);
    places.delete(agentId);
    places.set(agentId, {
      lines: Math.max(known?.lines ?? 0, Number(lines)),
      readToTheEnd: known?.readToTheEnd === true || state === 'end',
    });
  }
  return places;
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
