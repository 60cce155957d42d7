/** How the client of one call asks its user: in the middle of the call, or, since 2026-07-28, by a result with which it calls again. */
import { CLIENT_CAPABILITIES_META_KEY, type Server, type ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { isByRequest } from '../revision';
import { type AgentQuestion, formFor, type Reaction, reactionIn } from './form';

export interface Asker {
  /** Whether the client shows forms at all. */
  takesForms: boolean;
  /** What it sends along in a call that it makes again, by question. */
  responses: Readonly<Record<string, unknown>>;
  /** Asks while the call waits; absent where only a result can ask. */
  ask?(question: AgentQuestion, report: (message: string) => void): Promise<Reaction>;
}

export const ASKS_NOBODY: Asker = { takesForms: false, responses: {} };

/** Before there were modes, an empty capability stood for forms. */
const forms = z.looseObject({
  elicitation: z.union([z.looseObject({ form: z.looseObject({}) }), z.strictObject({})]),
});

export function askerOf(server: Server, context: ServerContext): Asker {
  const responses = context.mcpReq.inputResponses ?? {};
  if (isByRequest(server)) return { takesForms: takesForms(context), responses };
  return {
    takesForms: forms.safeParse(server.getClientCapabilities()).success,
    responses: {},
    ask: (question, report) => askNow(question, context, report),
  };
}

const envelope = z.looseObject({ [CLIENT_CAPABILITIES_META_KEY]: forms });

/** Of a request that says for itself what its client can do. */
export function takesForms({ mcpReq }: ServerContext): boolean {
  return envelope.safeParse(mcpReq.envelope).success;
}

/** A user may take his time, but no call is held for ever. */
const PATIENCE_MS = 3_600_000;
const SIGN_OF_LIFE_MS = 1_000;

async function askNow(
  question: AgentQuestion,
  { mcpReq }: ServerContext,
  report: (message: string) => void,
): Promise<Reaction> {
  // A client gives up a call that it hears nothing of.
  const alive = setInterval(
    () => report(`${question.agentId} asks; the user has the question`),
    SIGN_OF_LIFE_MS,
  );
  try {
    // Not `elicitInput`, whose request is lost over HTTP as long as the client has opened no stream but that of its call.
    const request = { method: 'elicitation/create' as const, params: formFor(question) };
    return reactionIn(await mcpReq.send(request, { timeout: PATIENCE_MS, signal: mcpReq.signal }));
  } catch {
    // It cannot ask after all, or nobody answers: the question is still there for agent_send.
    return { kind: 'dismissed' };
  } finally {
    clearInterval(alive);
  }
}
