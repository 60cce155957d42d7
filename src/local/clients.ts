/**
 * Who uses the local service: an empty file for each process, named after the process as the lock's claims are. It goes
 * with the process; that of a killed one is removed by the next. The folder's own time tells when one came or went last.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type LocalPaths, makePrivateDir, namesIn } from './paths';
import { isAlive, type ProcessRef, thisProcess } from './process';

/** Of this process. */
const announced = new Set<string>();

/** This process is a client from now on, until it ends. */
export function announceClient({ clientsDir }: LocalPaths): void {
  const { pid, started } = thisProcess();
  const file = path.join(clientsDir, `${pid}@${started}`);
  if (announced.has(file)) return;
  try {
    makePrivateDir(clientsDir);
    fs.writeFileSync(file, '', { mode: 0o600 });
  } catch {
    // A full disk, or a folder that cannot be written: the worst is a service that stops too soon, and starts again.
    return;
  }
  if (announced.size === 0) process.once('exit', leave);
  announced.add(file);
  livingClients(clientsDir);
}

function leave(): void {
  for (const file of announced) fs.rmSync(file, { force: true });
}

export interface Clients {
  living: number;
  /** When one came or went; undefined when there never was one. */
  changedAtMs: number | undefined;
}

export function clientsOf({ clientsDir }: LocalPaths): Clients {
  const living = livingClients(clientsDir).length;
  return { living, changedAtMs: fs.statSync(clientsDir, { throwIfNoEntry: false })?.mtimeMs };
}

function livingClients(dir: string): ProcessRef[] {
  return namesIn(dir).flatMap((name) => {
    const [pid = '', started = ''] = name.split('@');
    const client = { pid: Number(pid), started };
    if (isAlive(client)) return [client];
    fs.rmSync(path.join(dir, name), { force: true });
    return [];
  });
}
