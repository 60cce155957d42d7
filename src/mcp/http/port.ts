/** Where the server listens: a configured port, or a free one that stays the same over restarts, so that clients find it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { makePrivateDir, writeFileAtomically } from '../../local/paths';
import { firstFree, neighbours } from '../../local/ports';

/** Out of the way of Temporal's, of Web UIs and of the codec server. */
const FIRST_PORT = 8_433;

const recorded = z.object({ port: z.int().min(1).max(65_535) });

export async function choosePort(stateDir: string): Promise<number> {
  return firstFree(neighbours(lastPort(stateDir) ?? FIRST_PORT));
}

export function recordPort(stateDir: string, port: number): void {
  makePrivateDir(stateDir);
  writeFileAtomically(fileIn(stateDir), `${JSON.stringify({ port })}\n`);
}

export function lastPort(stateDir: string): number | undefined {
  try {
    return recorded.parse(JSON.parse(readFileSync(fileIn(stateDir), 'utf8'))).port;
  } catch {
    return undefined;
  }
}

function fileIn(stateDir: string): string {
  return join(stateDir, 'http-port.json');
}
