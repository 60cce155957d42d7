/**
 * What speaks the protocol, for callers that are known. Revision 2026-07-28, and whoever names no session, are served by a new
 * server for each request; a client of 2025 that initializes gets a session.
 */
import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type McpServer,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { ConnectionDoor, Door } from '../door';
import { refusedMessage } from '../refusedMessage';
import { batchRefused } from './batch';
import type { Exchange } from './exchange';
import { json } from './reply';
import { createSessions, type SessionsOptions } from './sessions';

export interface EndpointOptions extends Omit<SessionsOptions, 'doorFor'> {
  /** A door for a session that begins now. */
  sessionDoor: (owner: string) => ConnectionDoor;
  /** A door for a caller who has no connection. */
  statelessDoor: (owner: string) => Door;
  createServer: (door: Door) => McpServer;
}

export interface Endpoint {
  fetch(request: Request, exchange: Exchange): Promise<Response>;
  closeStreams(): void;
  close(): Promise<void>;
}

const MISSING_CAPABILITY = ProtocolErrorCode.MissingRequiredClientCapability;
const SESSION_HEADER = 'mcp-session-id';
const REVISION_HEADER = 'mcp-protocol-version';

export function createEndpoint({ sessionDoor, statelessDoor, ...options }: EndpointOptions): Endpoint {
  const { createServer, maxBodyBytes } = options;
  const sessions = createSessions({ ...options, doorFor: sessionDoor });
  const stateless = createMcpHandler(
    ({ authInfo }) => createServer(statelessDoor(authInfo?.clientId ?? '')),
    {
      maxRequestBodySize: maxBodyBytes,
      onerror: (error) => options.log('warn', error.message),
    },
  );

  return {
    async fetch(request, exchange) {
      const sessionId = request.headers.get(SESSION_HEADER);
      const body: unknown = await request
        .clone()
        .json()
        .catch(() => undefined);
      const batch = batchRefused(body, request.headers.get(REVISION_HEADER));
      if (batch) return json(batch, { status: 400 });
      const refused = [body].flat().map(refusedMessage).find(Boolean);
      if (refused) return json(refused, { status: refused.error.code === MISSING_CAPABILITY ? 400 : 200 });
      if (await isLegacyRequest(request, body, { maxRequestBodySize: maxBodyBytes })) {
        if (sessionId !== null) return sessions.continue(request, sessionId, exchange);
        if (isInitializeRequest(body)) return sessions.begin(request, body, exchange);
      }
      // The token itself goes no further.
      return stateless.fetch(request, { authInfo: { token: '', clientId: exchange.owner, scopes: [] } });
    },
    closeStreams: sessions.closeStreams,
    async close() {
      await Promise.all([sessions.close(), stateless.close()]);
    },
  };
}
