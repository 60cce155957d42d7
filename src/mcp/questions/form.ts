/** A question of an agent as a form that a client shows to its user, and what the user made of it. Plain data in and out. */
import { type InputRequests, inputRequired } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { QuestionResult } from '../../agents/results';

export interface AgentQuestion extends QuestionResult {
  agentId: string;
}

/** Of what agents need, what they ask: the rest no answer would help. */
export function questionsOf(
  agents: readonly { agent_id: string; question?: QuestionResult | undefined }[],
): AgentQuestion[] {
  return agents.flatMap(({ agent_id: agentId, question }) =>
    question?.asked_at === undefined ? [] : { agentId, ...question },
  );
}

/** An agent asks one at a time, so the moment tells them apart. */
export function keyOf({ agentId, asked_at: at = '' }: AgentQuestion): string {
  return `${agentId}/${Date.parse(at)}`;
}

/** Undefined for a key that is none of ours. */
export function agentIdIn(key: string): string | undefined {
  return /^([^/]+)\/\d+$/.exec(key)?.[1];
}

export function formFor({ agentId, text, options, answer_by: by }: AgentQuestion) {
  return {
    mode: 'form' as const,
    message: `The background agent ${agentId} asks:\n\n${text}\n\nDo not give it passwords or keys. If you decline, it goes on with its best assumption now, else at ${by}.`,
    // No schema has a choice twice: validators refuse all of it.
    requestedSchema: options
      ? {
          type: 'object' as const,
          properties: {
            choice: { type: 'string' as const, title: 'Answer', enum: [...new Set(options)] },
            answer: { type: 'string' as const, title: 'Or another answer' },
          },
        }
      : {
          type: 'object' as const,
          properties: { answer: { type: 'string' as const, title: 'Answer', minLength: 1 } },
          required: ['answer'],
        },
  };
}

/** As a result asks them, of a call or of a task. */
export function requestsFor(questions: readonly AgentQuestion[]): InputRequests {
  return Object.fromEntries(
    questions.map((question) => [keyOf(question), inputRequired.elicit(formFor(question))]),
  );
}

/** Dismissed: no answer, and no refusal either. The question stays open. */
export type Reaction = { kind: 'answered'; text: string } | { kind: 'declined' } | { kind: 'dismissed' };

const said = z.string().trim().min(1).optional().catch(undefined);
const response = z.discriminatedUnion('action', [
  z.object({ action: z.literal('accept'), content: z.object({ choice: said, answer: said }) }),
  z.object({ action: z.literal('decline') }),
  z.object({ action: z.literal('cancel') }),
]);

/** Whatever a client sends; what is no answer dismisses the question. */
export function reactionIn(sent: unknown): Reaction {
  const parsed = response.safeParse(sent).data;
  if (parsed?.action === 'decline') return { kind: 'declined' };
  if (parsed?.action !== 'accept') return { kind: 'dismissed' };
  const { choice, answer } = parsed.content;
  const text = [choice, answer].filter((part) => part !== undefined).join('\n');
  return text === '' ? { kind: 'dismissed' } : { kind: 'answered', text };
}

/** For an agent whose question was declined: it need not wait until its time is up. */
export const DECLINED =
  'The user saw your question and declined to answer it. Go on with your best assumption, and say in your final message which one you made.';
