/** JSON-RPC's answer to what does not reach the protocol. */
export interface ErrorAnswer {
  jsonrpc: '2.0';
  /** Null where it cannot be told whom it is for. */
  id: string | number | null;
  error: { code: number; message: string; data?: unknown };
}

/** Codes of JSON-RPC 2.0, and the first of those that it leaves to servers. */
export const errorCodes = {
  parseError: -32_700,
  invalidRequest: -32_600,
  invalidParams: -32_602,
  serverError: -32_000,
} as const;

export function errorAnswer(
  code: (typeof errorCodes)[keyof typeof errorCodes],
  id: ErrorAnswer['id'],
  message: string,
): ErrorAnswer {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

export function idOf(id: unknown): ErrorAnswer['id'] {
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
