/** What comes back from the server, checked: anybody may start a workflow of our type there, or a newer version may have written it. */
import { z } from 'zod';
import {
  type AgentMemo,
  type AgentReport,
  FAIL_REASONS,
  type Heartbeat,
  KILL_REASONS,
  LIFETIMES,
  PROVIDERS,
  type Progress,
  type Question,
  TIERS,
} from '../../workflows/contract';
import { QUESTION_MEMO, REOPENS_MEMO } from '../../workflows/messages';
import type { Unreadable } from '../codec/lenient';
import { plainText } from './plain';

const limits = z.object({
  maxTurns: z.number(),
  timeoutMs: z.number(),
  maxRepeatedCalls: z.number(),
  maxOutputTokens: z.number(),
  maxCostUsd: z.number().exactOptional(),
  maxTotalTokens: z.number().exactOptional(),
});
const NO_LIMITS = { maxTurns: 0, timeoutMs: 0, maxRepeatedCalls: 0, maxOutputTokens: 0 };

/** In the place of what cannot be decrypted here: a list then says why, where the task would stand. */
const unreadable = z
  .object({ unreadable: z.string() })
  .transform((written: Unreadable) => written.unreadable);

const memo = z.object({
  task: z.string().or(unreadable).catch(''),
  workspace: z.string().catch(''),
  model: z.string().catch('unknown'),
  provider: z.enum(PROVIDERS).catch('offline'),
  lifetime: z.enum(LIFETIMES).catch('detached'),
  limits: limits.catch(NO_LIMITS),
  taskHash: z.string().catch(''),
});
const name = z.string().optional().catch(undefined);
const gated = z.literal(true).optional().catch(undefined);

/** Fills what a memo lacks, so that nothing strange breaks a reader. */
export function memoOf(written: Record<string, unknown> | undefined): AgentMemo {
  const named = name.parse(written?.name);
  const isGated = gated.parse(written?.isGated);
  return {
    ...memo.parse(written ?? {}),
    ...(named === undefined ? {} : { name: named }),
    ...(isGated === undefined ? {} : { isGated }),
  };
}

const question = z.object({
  text: z.string(),
  options: z.array(z.string()).exactOptional(),
  askedAtMs: z.number(),
  answerByMs: z.number(),
});

/** What an agent asks, made safe to show. */
export function questionOf(written: Record<string, unknown> | undefined): Question | undefined {
  const asked = question.safeParse(written?.[QUESTION_MEMO]).data;
  if (!asked) return undefined;
  const { options } = asked;
  return { ...asked, text: plainText(asked.text), ...(options ? { options: options.map(plainText) } : {}) };
}

/** The run that had ended before the one with this memo let its agent go on. */
export function reopensOf(written: Record<string, unknown> | undefined): string | undefined {
  return z.string().safeParse(written?.[REOPENS_MEMO]).data;
}

export const usage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheWriteTokens: z.number(),
  costUsd: z.number(),
});
const served = z.object({ tier: z.enum(TIERS), model: z.string(), usage });
const progress = z.object({
  startedAtMs: z.number(),
  turn: z.number(),
  toolCalls: z.number(),
  usage,
  shares: z.array(served).exactOptional(),
});

const report = z.object({
  outcome: z.discriminatedUnion('status', [
    z.object({ status: z.literal('completed'), reason: z.literal('answered') }),
    z.object({ status: z.literal('failed'), reason: z.enum(FAIL_REASONS), message: z.string() }),
    z.object({ status: z.literal('killed'), reason: z.enum(KILL_REASONS), message: z.string() }),
  ]),
  progress,
  finishedAtMs: z.number(),
  lineCount: z.number(),
  segments: z.array(z.object({ line: z.number(), text: z.string() })),
  cut: z.boolean(),
});

/** Undefined for anything that is no report. */
export function reportOf(written: unknown): AgentReport | undefined {
  return report.safeParse(written).data;
}

/** How far an agent had come: undefined for anything that does not say. */
export function progressOf(written: unknown): Progress | undefined {
  return progress.safeParse(written).data;
}

const heartbeat = progress.extend({ activity: z.string(), waitingFor: z.string().exactOptional() });

export function heartbeatOf(written: unknown): Heartbeat | undefined {
  return heartbeat.safeParse(written).data;
}
