/** Two free ports on the loopback interface, the same as last time where that is possible. */
import fs from 'node:fs';
import net from 'node:net';
import { z } from 'zod';
import { type LocalPaths, writeFileAtomically } from './paths';
import type { PortClaims } from './portClaims';

const HOST = '127.0.0.1';
const NEIGHBOURS = 20;
const MAX_PORT = 65_535;

const portsSchema = z.object({ port: z.number().int(), uiPort: z.number().int() });
export type Ports = z.infer<typeof portsSchema>;

export interface ChosenPorts extends Ports {
  notes: string[];
}

/** The wanted ports, their neighbours, and then (0) whatever the system has. */
export async function choosePorts(wanted: Ports, claims: PortClaims): Promise<ChosenPorts> {
  const port = await firstFree(neighbours(wanted.port), claims);
  const others = neighbours(wanted.uiPort).filter((candidate) => candidate !== port);
  const uiPort = await firstFree(others, claims);
  const notes = [
    takenNote(wanted.port, port, 'the local Temporal server'),
    takenNote(wanted.uiPort, uiPort, "Temporal's Web UI"),
  ];
  return { port, uiPort, notes: notes.filter((note) => note !== undefined) };
}

export function neighbours(wanted: number): number[] {
  const near = Array.from({ length: NEIGHBOURS }, (_, offset) => wanted + offset);
  return [...near.filter((port) => port <= MAX_PORT), 0];
}

function takenNote(wanted: number, used: number, what: string): string | undefined {
  return wanted === used ? undefined : `Port ${wanted} is taken by another program; ${what} uses ${used}.`;
}

/** @param claims of the port that is found; without them another process may take it before it is used */
export async function firstFree(candidates: number[], claims?: PortClaims): Promise<number> {
  for (const candidate of candidates) {
    const free = await probePort(candidate);
    if (free !== undefined && (claims === undefined || (await claims.claim(free)))) return free;
  }
  throw new Error('No free port on the loopback interface.');
}

/** Both questions are needed: some systems let a loopback address be bound while another program has the port on all. */
async function probePort(port: number): Promise<number | undefined> {
  if (port !== 0 && (await answers(port))) return undefined;
  return bindable(port);
}

/** Whether somebody accepts connections there. */
export function answers(port: number, timeoutMs = 500): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: HOST, timeout: timeoutMs });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

function bindable(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: HOST }, () => {
      const address = server.address();
      const bound = address !== null && typeof address === 'object' ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}

/** The ports of the last run: bookmarks and other programs' settings go on working. */
export function lastPorts(paths: LocalPaths): Ports | undefined {
  try {
    return portsSchema.parse(JSON.parse(fs.readFileSync(paths.portsFile, 'utf8')));
  } catch {
    return undefined;
  }
}

export function recordPorts(paths: LocalPaths, { port, uiPort }: Ports): void {
  writeFileAtomically(paths.portsFile, `${JSON.stringify({ port, uiPort })}\n`);
}
