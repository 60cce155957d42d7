import type { Observation } from './observe';
import type { QuestionResult } from './results';

/** What a waiting agent needs, as results have it. */
export function questionOf({ question, asks }: Pick<Observation, 'question' | 'asks'>): {
  question?: QuestionResult;
} {
  if (!asks) return question === undefined ? {} : { question: { text: question } };
  const { text, options, askedAtMs, answerByMs } = asks;
  return {
    question: {
      text,
      ...(options ? { options } : {}),
      asked_at: new Date(askedAtMs).toISOString(),
      answer_by: new Date(answerByMs).toISOString(),
    },
  };
}

/**
 * What a model is told: the question, and how it is answered. The agent's words are in JSON's quotes, on one line, so that nothing
 * in them can pass for ours.
 */
export function questionText(
  agentId: string,
  { text, options, asked_at: askedAt, answer_by: by }: QuestionResult,
): string {
  if (askedAt === undefined) return `waiting: ${text}`;
  const choices = options ? ` Options: ${options.map((option) => JSON.stringify(option)).join(', ')}.` : '';
  return `${agentId} asks: ${JSON.stringify(text)}${choices} Answer with agent_send, until ${by}; after that it goes on with its best assumption.`;
}
