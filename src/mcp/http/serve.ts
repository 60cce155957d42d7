/** `bga mcp --http`: the tools for whoever has a token. */
import { type Config, type Env, isLocal } from '../../config';
import { announceClient } from '../../local/clients';
import { localPaths } from '../../local/paths';
import type { Log } from '../../log/log';
import { createConnection } from '../connection';
import { createMcpServer } from '../server';
import { bracketed, MCP_PATH } from './admission';
import { authentication } from './authentication';
import { createDoors } from './callers';
import { createEndpoint } from './endpoint';
import { createExchanges } from './exchange';
import { createGate } from './gate';
import { openIssuer } from './issuer';
import { createLimits } from './limits';
import { createListener } from './listener';
import { choosePort, lastPort, recordPort } from './port';
import { requireTokens, watchTokens } from './tokens';

export interface HttpOptions {
  config: Config;
  env: Env;
  workspace: string;
  log: Log;
  /** What speaks to clients; a test adds to it. */
  createServer?: typeof createMcpServer;
}

export interface HttpService {
  /** Of the endpoint. */
  url: string;
  notes: string[];
  /** Refuses what is new, lets calls in flight end, then goes. */
  drain(): Promise<void>;
}

export async function startMcpHttp({
  config,
  env,
  workspace,
  log,
  ...rest
}: HttpOptions): Promise<HttpService> {
  const { createServer = createMcpServer } = rest;
  const { http: settings, stateDir } = config;
  requireTokens(config, env);
  const before = lastPort(stateDir);
  const port = settings.port ?? (await choosePort(stateDir));
  const url = `http://${bracketed(settings.host)}:${port}${MCP_PATH}`;
  const connection = createConnection({
    config: { ...config, workspaceRoots: config.workspaceRoots ?? [workspace] },
    env,
    workspace,
    onRemark: (text) => log('warn', text),
  });
  const doors = createDoors(connection);
  const { issuer: issuedBy } = settings;
  const issuer =
    issuedBy === undefined
      ? undefined
      : await openIssuer({ ...settings, issuer: issuedBy }, new URL(settings.publicUrl ?? url));
  const leaving = new AbortController();
  const exchanges = createExchanges();
  const endpoint = createEndpoint({
    log,
    sessionDoor: doors.session,
    statelessDoor: doors.stateless,
    createServer: (door) => createServer(door, config.toolPrefix, leaving.signal),
    maxBodyBytes: settings.maxBodyBytes,
    maxSessions: settings.maxSessions,
    idleMs: settings.sessionIdleMs,
  });
  const gate = createGate({
    settings,
    authenticate: authentication(watchTokens(stateDir, env), issuer),
    issuer,
    limits: createLimits({ ...settings, connections: () => listener.connections() }),
    exchanges,
    endpoint,
    isDraining: () => leaving.signal.aborted,
  });
  const listener = createListener(settings, gate, log);
  await listener.listen(port);
  // One that another program has for now is not given up.
  if (settings.port === undefined && before === undefined) recordPort(stateDir, port);
  if (isLocal(config)) announceClient(localPaths(stateDir));
  return {
    url,
    notes:
      before === undefined || before === port || settings.port !== undefined
        ? []
        : [`Port ${before} is taken now, so clients have to be told the new one.`],
    async drain() {
      leaving.abort();
      endpoint.closeStreams();
      await exchanges.settled(config.shutdownGraceMs);
      await endpoint.close();
      await listener.close();
      await connection.close();
    },
  };
}
