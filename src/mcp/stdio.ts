/** `bga mcp`: the tools over stdin and stdout, for as long as the client is there. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { endSession, newSession, newSessionId } from '../agents';
import type { Config, Env } from '../config';
import { createDoor, type Door } from './door';
import { createMcpServer } from './server';

/** Clients kill a server that lingers; what is not done by then is left to the session's lease. */
const FAREWELL_MS = 8_000;

export interface McpOptions {
  config: Config;
  env: Env;
  workspace: string;
}

/** Serves until the client goes away, then stops the agents that live no longer than this session. */
export async function serveMcp({ config, env, workspace }: McpOptions): Promise<void> {
  const session = newSession(newSessionId());
  const door = createDoor({ config, env, session, workspace });
  const handle = serveStdio(() => createMcpServer(door, config.toolPrefix), {
    onerror: (error) => process.stderr.write(`bga mcp: ${error.message}\n`),
  });
  await clientGone();
  await Promise.race([farewell(door), delay(FAREWELL_MS, undefined, { ref: false })]);
  await handle.close();
}

async function clientGone(): Promise<void> {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'].map((signal) => once(process, signal));
  await Promise.race([once(process.stdin, 'end'), once(process.stdin, 'close'), ...signals]);
}

async function farewell(door: Door): Promise<void> {
  const agents = door.opened();
  if (!agents || agents.session.spawned.length === 0) return;
  try {
    await endSession(agents, 'session_ended');
    await agents.temporal.close();
  } catch (error) {
    process.stderr.write(`bga mcp: the session's agents could not be stopped: ${String(error)}\n`);
  }
}
