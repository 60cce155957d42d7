/**
 * Sessions of the 2025 revisions, by the header `Mcp-Session-Id`: a server and a transport of its own for each, never shared.
 * Such a session's agents end with it: when its client says so, or has been silent for long.
 */
import { randomUUID } from 'node:crypto';
import { type McpServer, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import type { Log } from '../../log/log';
import type { ConnectionDoor, Door } from '../door';
import { farewell } from '../farewell';
import type { Exchange } from './exchange';
import { later, refusal } from './reply';

export interface SessionsOptions {
  /** Of one caller at a time. */
  maxSessions: number;
  idleMs: number;
  maxBodyBytes: number;
  log: Log;
  /** A door for a session that begins now. */
  doorFor: (owner: string) => ConnectionDoor;
  createServer: (door: Door) => McpServer;
}

interface Entry {
  owner: string;
  door: ConnectionDoor;
  transport: WebStandardStreamableHTTPServerTransport;
  open: number;
  usedAtMs: number;
}

export interface HttpSessions {
  /** Answers an `initialize`. */
  begin(request: Request, body: unknown, exchange: Exchange): Promise<Response>;
  /** Answers what names a session. */
  continue(request: Request, sessionId: string, exchange: Exchange): Promise<Response>;
  /** Ends the streams that only listen. */
  closeStreams(): void;
  close(): Promise<void>;
}

const LOOK_MS = 30_000;

export function createSessions(options: SessionsOptions): HttpSessions {
  const { maxSessions, idleMs, maxBodyBytes, log, doorFor, createServer } = options;
  const entries = new Map<string, Entry>();
  const timer = setInterval(endIdle, Math.min(LOOK_MS, Math.ceil(idleMs / 4))).unref();

  function endIdle(): void {
    const silentSinceMs = Date.now() - idleMs;
    for (const [id, entry] of entries)
      if (entry.open === 0 && entry.usedAtMs < silentSinceMs) void end(id, entry);
  }

  async function end(id: string, entry: Entry): Promise<void> {
    entries.delete(id);
    await farewell(entry.door, log);
    await entry.transport.close();
  }

  function use(entry: Entry, { closed }: Exchange): void {
    entry.open += 1;
    void closed.then(() => {
      entry.open -= 1;
      entry.usedAtMs = Date.now();
    });
  }

  return {
    async begin(request, parsedBody, exchange) {
      const { owner } = exchange;
      const own = [...entries.values()].filter((entry) => entry.owner === owner);
      if (own.length >= maxSessions)
        return later(
          429,
          `You have ${own.length} sessions open, as many as are allowed. End one (DELETE).`,
          LOOK_MS,
        );
      const door = doorFor(owner);
      const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        maxRequestBodySize: maxBodyBytes,
        onsessioninitialized: (id) => void entries.set(id, entry),
        onsessionclosed: (id) => end(id, entry),
      });
      const entry: Entry = { owner, door, transport, open: 0, usedAtMs: Date.now() };
      use(entry, exchange);
      await createServer(door).connect(transport);
      return transport.handleRequest(request, { parsedBody });
    },
    async continue(request, sessionId, exchange) {
      const entry = entries.get(sessionId);
      // That of somebody else is none, in the same words.
      if (!entry || entry.owner !== exchange.owner)
        return refusal(404, 'There is no such session. Begin a new one with initialize.');
      use(entry, exchange);
      return entry.transport.handleRequest(request);
    },
    closeStreams() {
      for (const { transport } of entries.values()) transport.closeStandaloneSSEStream();
    },
    async close() {
      clearInterval(timer);
      await Promise.all([...entries.values()].map(({ transport }) => transport.close()));
    },
  };
}
