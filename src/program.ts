/** A program's session: its requests are checked like a tool's call, and its agents end with it. */
import { resolve } from 'node:path';
import { z } from 'zod';
import * as agents from './agents';
import { callerOf } from './agents/owner';
import { loadConfig } from './config';
import type { BackgroundAgents, ConnectOptions } from './index';
import { checkArguments } from './mcp/arguments';
import { openAgents } from './open';

const spawnInput = agents.spawnInput.omit({ background: true });
/** The tool's limit of 55 s is for clients that give a call up. */
const waitInput = agents.waitInput.extend({
  timeout_ms: z.number().min(0).default(Number.POSITIVE_INFINITY),
});

export async function openProgram({
  workspace: folder = '.',
  env = process.env,
  onProgress = () => undefined,
}: ConnectOptions): Promise<BackgroundAgents> {
  const workspace = resolve(folder);
  const config = loadConfig({ env, workspace });
  const session = agents.newSession(agents.newSessionId(), undefined, callerOf(config.owner, config));
  const context = await openAgents({ config, env, session, workspace, onProgress });
  const { temporal } = context;
  const lease = agents.createLease({
    sessionId: session.id,
    leaseMs: agents.leaseMsOf(config),
    current: async () => temporal,
  });
  session.lease = lease;
  return {
    spawn: async (request) => agents.spawn(context, checkArguments('spawn', spawnInput, request)),
    spawnMany: async (request) =>
      agents.spawnMany(context, checkArguments('spawnMany', agents.spawnManyInput, request).tasks),
    status: async (request) => {
      const asked = typeof request === 'string' ? { agent_id: request } : request;
      return agents.status(context, checkArguments('status', agents.statusInput, asked).agent_id);
    },
    output: async (request) => agents.output(context, checkArguments('output', agents.outputInput, request)),
    wait: async (request) => agents.wait(context, checkArguments('wait', waitInput, request)),
    send: async (request) => agents.send(context, checkArguments('send', agents.sendInput, request)),
    kill: async (request) => {
      const { agent_id: agentId, reason } = checkArguments('kill', agents.killInput, request);
      return agents.kill(context, agentId, reason);
    },
    list: async (request) => agents.list(context, checkArguments('list', agents.listInput, request)),
    close: async () => {
      try {
        if (session.spawned.length > 0) await agents.endSession(context, 'session_ended');
      } finally {
        // Its workflow stops what could not be stopped from here.
        await lease.release(temporal).finally(() => temporal.close());
      }
    },
  };
}
