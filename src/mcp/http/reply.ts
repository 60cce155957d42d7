/** Answers that are given before the protocol has its say: in its form, so that clients show the message. */
import type { ServerResponse } from 'node:http';
import { errorAnswer, errorCodes } from '../errorAnswer';

export function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return json(errorAnswer(errorCodes.serverError, null, message), { status, headers });
}

/** For now; the connection is better begun anew then. */
export function later(status: 429 | 503, message: string, afterMs: number): Response {
  const seconds = Math.max(1, Math.ceil(afterMs / 1000));
  const text = `${message} Try again in ${seconds} s.`;
  return refusal(status, text, { 'retry-after': String(seconds), connection: 'close' });
}

interface JsonOptions {
  status?: number;
  headers?: Record<string, string>;
}

export function json(value: object, { status = 200, headers = {} }: JsonOptions = {}): Response {
  const own = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  return Response.json(value, { status, headers: { ...own, ...headers } });
}

export async function send(response: ServerResponse, reply: Response): Promise<void> {
  response.writeHead(reply.status, Object.fromEntries(reply.headers));
  response.end(await reply.text());
}
