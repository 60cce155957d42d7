import type { CallToolResult } from '@modelcontextprotocol/server';
import { redact } from '../../activities/redact';
import { UserError } from '../agents/errors';
import { plainText } from '../agents/plain';
import { plainRecord } from '../agents/plainDeep';

/** What a tool found, as it goes to a client: nothing in it can do more than be read. */
export function toolResult(text: string, structuredContent: Record<string, unknown>): CallToolResult {
  return {
    content: [{ type: 'text', text: plainText(text) }],
    structuredContent: plainRecord(structuredContent),
  };
}

/** What went wrong, and what to do next. */
export function explain(error: unknown): string {
  return redact(inWords(error));
}

function inWords(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  const what = error instanceof Error ? error.message : String(error);
  return `The call failed: ${what}${cause}. Call again; if that does not help, \`bga doctor\` tells more.`;
}
