/** What callers may ask: the input schemas of the MCP tools, which the commands check their options with as well. */
import { z } from 'zod';
import { AGENT_STATUSES, LIFETIMES } from '../../workflows/contract';
import { sizes } from '../../workflows/sizes';
import {
  DEFAULT_LIMIT,
  DEFAULT_MAX_CHARS,
  DEFAULT_WAIT_MS,
  MOST_MAX_CHARS,
  MOST_TASKS,
  MOST_WAIT_MS,
} from './defaults';

const DAY_MS = 86_400_000;
const agentId = z
  .string()
  .min(1)
  .max(200)
  .describe('The id that spawning returned, e.g. "explore-7m2k9qd4x0tz".');

export const spawnInput = z.strictObject({
  task: z
    .string()
    .min(1)
    .max(sizes.taskChars)
    .refine((text) => text.trim() !== '', 'is empty')
    .describe(
      'What to find out or do, complete in itself: the agent sees nothing of this conversation. Say what a good answer contains.',
    ),
  agent_type: z
    .string()
    .min(1)
    .max(64)
    .default('auto')
    .describe(
      'explore, research (haiku); review, plan, implement, general (sonnet); audit, decide (opus); a configured type; or auto, which picks one from the task.',
    ),
  model: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('A tier (haiku, sonnet, opus) or a full model id. Default: what the type needs.'),
  background: z
    .boolean()
    .default(true)
    .describe(
      'true returns the id at once; false waits up to 50 s for the answer, after which the agent goes on in the background.',
    ),
  timeout_ms: z
    .int()
    .min(1_000)
    .max(7 * DAY_MS)
    .optional()
    .describe('Wall time after which the agent is stopped as failed (timeout).'),
  max_turns: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('Model calls after which it is stopped as failed (max_turns).'),
  max_cost_usd: z
    .number()
    .positive()
    .max(1_000_000)
    .optional()
    .describe(
      'The most it may spend: a call that could go past it is not made, and it ends as failed (budget).',
    ),
  workspace: z
    .string()
    .min(1)
    .max(4_096)
    .optional()
    .describe("Absolute path of the directory the agent may read. Default: this session's."),
  lifetime: z
    .enum(LIFETIMES)
    .optional()
    .describe('session: stopped when this session ends; detached: runs on. Default: what the type needs.'),
  name: z.string().min(1).max(100).optional().describe('A short name to recognise it by in lists.'),
  idempotency_key: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Repeating a call with the same key returns the same agent instead of starting another.'),
});

/** One of several: nobody waits for it in the foreground. */
export const taskInput = spawnInput.omit({ background: true });

export const spawnManyInput = z.strictObject({
  tasks: z.array(taskInput).min(1).max(MOST_TASKS).describe('The agents to start, each as for agent_spawn.'),
});

export const statusInput = z.strictObject({ agent_id: agentId });

export const outputInput = z.strictObject({
  agent_id: agentId,
  filter: z
    .string()
    .min(1)
    .max(1_000)
    .optional()
    .describe('RE2 regular expression; only lines that match are returned.'),
  since_last: z.boolean().default(false).describe('Only what this session has not read yet.'),
  cursor: z
    .int()
    .min(0)
    .optional()
    .describe('Only lines from this one on; a next_cursor of an earlier call.'),
  tail: z.int().min(1).max(10_000).optional().describe('Only the last so many lines.'),
  view: z
    .enum(['result', 'full'])
    .default('result')
    .describe('result: the answer, or the text so far; full: also a line for each tool call.'),
  max_chars: z
    .int()
    .min(100)
    .max(MOST_MAX_CHARS)
    .default(DEFAULT_MAX_CHARS)
    .describe('Longest text to return.'),
});

export const waitInput = z.strictObject({
  agent_ids: z.array(agentId).min(1).max(100).optional().describe('Default: all agents of this session.'),
  mode: z.enum(['all', 'any']).default('all').describe('Wait for all of them, or for the first.'),
  timeout_ms: z
    .int()
    .min(0)
    .max(MOST_WAIT_MS)
    .default(DEFAULT_WAIT_MS)
    .describe('Longest wait; call again to wait on.'),
});

export const sendInput = z.strictObject({
  agent_id: agentId,
  message: z
    .string()
    .min(1)
    .max(sizes.messageChars)
    .refine((text) => text.trim() !== '', 'is empty')
    .describe('What the agent is to know or to do, as you would say it to a colleague who has your task.'),
  idempotency_key: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Repeating a call with the same key and message, as after a lost answer, delivers it once.'),
});

export const killInput = z.strictObject({
  agent_id: agentId,
  reason: z.string().min(1).max(500).optional().describe('Kept with the agent, for whoever looks later.'),
});

export const resumeInput = z.strictObject({ agent_ids: z.array(agentId).min(1).max(10_000) });

export const listInput = z.strictObject({
  status: z.enum(AGENT_STATUSES).optional().describe('Only agents that stand so.'),
  agent_type: z.string().min(1).max(64).optional().describe('Only agents of this type.'),
  scope: z
    .enum(['session', 'workspace', 'all'])
    .default('workspace')
    .describe('session: spawned here; workspace: in the same directory; all: every agent.'),
  limit: z.int().min(1).max(100).default(DEFAULT_LIMIT).describe('Agents in one answer.'),
  cursor: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('next_cursor of the last answer, for the page after it.'),
});
