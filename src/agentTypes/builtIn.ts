import type { AgentLimits } from '../../workflows/contract';
import { type AgentType, TOOL_NAMES } from './agentType';
import { AUDIT } from './instructions/audit';
import { DECIDE } from './instructions/decide';
import { EXPLORE } from './instructions/explore';
import { GENERAL } from './instructions/general';
import { IMPLEMENT } from './instructions/implement';
import { PLAN } from './instructions/plan';
import { PREAMBLE } from './instructions/preamble';
import { RESEARCH } from './instructions/research';
import { REVIEW } from './instructions/review';

export const BUILT_IN_NAMES = [
  'explore',
  'research',
  'review',
  'plan',
  'implement',
  'general',
  'audit',
  'decide',
] as const;
export type BuiltInName = (typeof BUILT_IN_NAMES)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function limits(maxTurns: number, timeoutMs: number): AgentLimits {
  return { maxTurns, timeoutMs, askTimeoutMs: 24 * HOUR_MS, maxRepeatedCalls: 5, maxOutputTokens: 16_384 };
}

/** The preamble comes first, so that agents of all types share the beginning of their prompt. */
export function withPreamble(instructions: string): string {
  return `${PREAMBLE}\n\n${instructions}`;
}

const common = { tools: TOOL_NAMES, lifetime: 'session', origin: 'built in' } as const;

export const BUILT_IN_TYPES: Readonly<Record<BuiltInName, AgentType>> = {
  explore: {
    ...common,
    name: 'explore',
    description: 'Finds where something is, what uses it, or what a piece of code does. Quick and cheap.',
    tier: 'haiku',
    limits: limits(30, 10 * MINUTE_MS),
    instructions: withPreamble(EXPLORE),
  },
  research: {
    ...common,
    name: 'research',
    description: 'Explains how something works across the whole workspace, end to end, with citations.',
    tier: 'haiku',
    limits: limits(80, 30 * MINUTE_MS),
    instructions: withPreamble(RESEARCH),
  },
  review: {
    ...common,
    name: 'review',
    description: 'Judges a diff or a piece of code: findings by severity, each with a failure scenario.',
    tier: 'sonnet',
    limits: limits(60, 30 * MINUTE_MS),
    instructions: withPreamble(REVIEW),
  },
  plan: {
    ...common,
    name: 'plan',
    description: 'Plans a change: ordered steps with files, how to verify them, and risks. Writes no code.',
    tier: 'sonnet',
    limits: limits(60, 30 * MINUTE_MS),
    instructions: withPreamble(PLAN),
  },
  implement: {
    ...common,
    name: 'implement',
    description:
      'Writes a change or a fix and answers with one unified diff for git apply. Changes no file itself.',
    tier: 'sonnet',
    limits: limits(80, 45 * MINUTE_MS),
    instructions: withPreamble(IMPLEMENT),
  },
  general: {
    ...common,
    name: 'general',
    description: 'Does what no other type fits: mixed or unusual tasks.',
    tier: 'sonnet',
    limits: limits(60, 30 * MINUTE_MS),
    instructions: withPreamble(GENERAL),
  },
  audit: {
    ...common,
    name: 'audit',
    description:
      'Looks for security faults in depth, for hours if need be: threat, evidence, severity, confidence.',
    tier: 'opus',
    lifetime: 'detached',
    limits: limits(400, 24 * HOUR_MS),
    instructions: withPreamble(AUDIT),
  },
  decide: {
    ...common,
    name: 'decide',
    description: 'Makes a hard choice between options: the decision, its reasons, and what would change it.',
    tier: 'opus',
    limits: limits(60, 45 * MINUTE_MS),
    instructions: withPreamble(DECIDE),
  },
};
