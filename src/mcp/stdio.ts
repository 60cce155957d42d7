/** `bga mcp`: the tools over stdin and stdout, for as long as the client is there. */
import { once } from 'node:events';
import { pipeline, type Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { newSessionId } from '../agents/ids';
import { callerOf } from '../agents/owner';
import { newSession } from '../agents/session';
import { type Config, type Env, isLocal } from '../config';
import { announceClient } from '../local/clients';
import { localPaths } from '../local/paths';
import type { Log } from '../log/log';
import { placesOf } from '../placesInFile';
import { createConnection } from './connection';
import { createDoor } from './door';
import { farewell } from './farewell';
import { LineGuard } from './lines/guard';
import { createMcpServer } from './server';

/** Clients kill a server that lingers; what is not done by then is left to the session's lease. */
const FAREWELL_MS = 8_000;

/** For what closes by itself. */
const LINGER_MS = 1_000;

export interface McpOptions {
  config: Config;
  env: Env;
  workspace: string;
  log: Log;
}

/** Serves until the client goes away, then stops the agents that live no longer than this session. */
export async function serveMcp({ config, env, workspace, log }: McpOptions): Promise<void> {
  const id = newSessionId();
  // In a file, so that its client's hook does not tell of what was read.
  const session = newSession(id, placesOf(config.stateDir, id), callerOf(config.owner, config));
  // From now on, not from the first call: the local service does not stop under a client that thinks.
  if (isLocal(config)) announceClient(localPaths(config.stateDir));
  const remarks: string[] = [];
  const connection = createConnection({ config, env, workspace, onRemark: (text) => remarks.push(text) });
  const door = createDoor(connection, { session, takeRemarks: () => remarks.splice(0) });
  const wire = new Wire(guarded(process.stdin, log));
  const handle = serveStdio(() => createMcpServer(door, config.toolPrefix), {
    transport: wire,
    onerror: (error) => log('warn', error.message),
  });
  await Promise.race([wire.closed, signalled()]);
  // A spawn that still waits for the service to be set up must not start an agent that nobody would stop.
  session.ended = true;
  const left = farewell(door, log).then(connection.close);
  await Promise.race([left, delay(FAREWELL_MS, undefined, { ref: false })]);
  await handle.close();
  // A supervisor that was launched goes on by itself; a server that is still being built is left to the next caller.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** Closes at the end of stdin, and when stdout breaks. */
class Wire extends StdioServerTransport {
  private isClosed: () => void = () => undefined;
  readonly closed = new Promise<void>((resolve) => {
    this.isClosed = resolve;
  });

  constructor(private readonly input: Readable) {
    super(input);
  }

  override async close(): Promise<void> {
    await super.close();
    // What still reads would keep the process.
    this.input.destroy();
    this.isClosed();
  }
}

/** Nothing but whole messages; everything else is answered right here, between two answers of the server. */
function guarded(input: Readable, log: Log): Readable {
  const guard = new LineGuard((refused) => {
    if (refused.kind === 'answer') process.stdout.write(`${JSON.stringify(refused.answer)}\n`);
    const why = refused.kind === 'answer' ? refused.answer.error.message : refused.why;
    log('warn', `refused a line of the client: ${why}`);
  });
  // The transport hears of errors and of the end by the guard itself.
  return pipeline(input, guard, () => undefined);
}

async function signalled(): Promise<void> {
  await Promise.race(['SIGTERM', 'SIGINT', 'SIGHUP'].map((signal) => once(process, signal)));
}
