import type { Server } from '@modelcontextprotocol/server';

/** Revisions are dates, and compare as text. */
export const BY_REQUEST = '2026-07-28';

/** Since that revision each request says for itself who sends it, and a server asks its client nothing. */
export function isByRequest(server: Server): boolean {
  return (server.getNegotiatedProtocolVersion() ?? '') >= BY_REQUEST;
}
