/** JSON-RPC's answer to what does not reach the protocol. */
export interface ErrorAnswer {
  jsonrpc: '2.0';
  /** Null where it cannot be told whom it is for. */
  id: string | number | null;
  error: { code: number; message: string };
}

export function idOf(id: unknown): ErrorAnswer['id'] {
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
