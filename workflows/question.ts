/** A question of an agent to whoever gave it its task: what may be asked, and what its model hears when nobody answers. */
import type { Json, LogLine, Question, ToolResult } from './contract';
import { linesOf } from './output';
import { sizes } from './sizes';
import { cutChars } from './text';

export const ASK_TOOL = 'ask';
/** For agents whose spawner did not say. */
export const USUAL_ASK_TIMEOUT_MS = 86_400_000;
const MOST_OPTIONS = 10;
const OPTION_CHARS = 500;

type Asked = Pick<Question, 'text' | 'options'>;

/** Undefined for arguments that are no question. */
export function askedIn(input: Json): Asked | undefined {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return undefined;
  const { question, options } = input;
  if (typeof question !== 'string' || question.trim() === '') return undefined;
  const given = Array.isArray(options) ? options : [];
  const choices = given.filter((option) => typeof option === 'string' && option.trim() !== '');
  return {
    text: cutChars(question.trim(), sizes.questionChars),
    ...(choices.length > 0
      ? {
          options: choices
            .slice(0, MOST_OPTIONS)
            .map((choice) => cutChars(String(choice).trim(), OPTION_CHARS)),
        }
      : {}),
  };
}

export function questionLines({ text, options = [] }: Asked, turn: number): LogLine[] {
  const choices = options.length > 0 ? ` (${options.join(' | ')})` : '';
  return linesOf('note', turn, `[question] ${text.replace(/\s+/g, ' ')}${choices}`);
}

export const NO_QUESTION: ToolResult = {
  isError: true,
  text: 'Nothing was asked: "question" has to be a text, and "options", if given, a list of texts. Call ask again, corrected.',
};

/** Whoever sent it did not know of the question, and may have answered it all the same. */
export const MESSAGES_FIRST: ToolResult = {
  isError: false,
  text: 'Not asked: a message came meanwhile, which you read next. Ask again if your question still stands.',
};

export function unanswered(timeoutMs: number): ToolResult {
  return {
    isError: false,
    isLogged: true,
    text: `Nobody answered within ${spanOf(timeoutMs)}. Go on with your best assumption, and say in your final message which one you made.`,
  };
}

export function unansweredLine(timeoutMs: number): string {
  return `[note] no answer within ${spanOf(timeoutMs)}: goes on with its best assumption`;
}

function spanOf(ms: number): string {
  if (ms >= 7_200_000) return `${Math.round(ms / 3_600_000)} h`;
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}
