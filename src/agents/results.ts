/** What the operations return: the output schemas of the MCP tools and the `--json` of the commands are these. */
import { z } from 'zod';
import {
  AGENT_STATUSES,
  FAIL_REASONS,
  KILL_REASONS,
  LIFETIMES,
  PROVIDERS,
  TIERS,
} from '../../workflows/contract';

const status = z.enum(AGENT_STATUSES).describe('Where the agent stands.');
export const REASONS = ['answered', ...FAIL_REASONS, ...KILL_REASONS] as const;
const reason = z.enum(REASONS).describe('Why it ended; absent while it has not.');
const time = z.string().describe('ISO 8601, UTC.');

const questionResult = z
  .object({
    text: z.string(),
    options: z.array(z.string()).optional().describe('Answers to choose from; another one may be given.'),
    asked_at: time.optional().describe('Present for a question of the agent, which agent_send answers.'),
    answer_by: time.optional().describe('When it goes on with its best assumption.'),
  })
  .describe('While waiting: what the agent asks, or what a person must do.');
export type QuestionResult = z.infer<typeof questionResult>;

const failure = z.object({ type: z.string(), message: z.string() });

export const spawnResult = z
  .object({
    agent_id: z.string(),
    status,
    agent_type: z.string(),
    agent_type_reason: z.string().optional().describe('Why `auto` chose this type.'),
    tier: z.enum(TIERS),
    model: z.string(),
    provider: z.enum(PROVIDERS),
    workspace: z.string(),
    lifetime: z.enum(LIFETIMES),
    created_at: time,
    poll_after_ms: z.number().describe('When a first look is worth while.'),
    ...z
      .object({
        reason,
        text: z.string(),
        from_cursor: z.number(),
        line_count: z.number(),
        matched_lines: z.number(),
        next_cursor: z.number(),
        truncated: z.boolean(),
        note: z.string(),
        error: failure,
        question: questionResult,
      })
      .partial().shape,
  })
  .describe('With background = false, also the output and how it ended.');
export type SpawnResult = z.infer<typeof spawnResult>;

export const spawnManyResult = z.object({ agents: z.array(spawnResult) });
export type SpawnManyResult = z.infer<typeof spawnManyResult>;

const usageResult = z.object({
  input_tokens: z.number().describe('Neither read from nor written to the prompt cache.'),
  output_tokens: z.number(),
  cache_read_tokens: z.number(),
  cache_write_tokens: z.number(),
  cost_usd: z.number(),
});

export const statusResult = z.object({
  agent_id: z.string(),
  status,
  reason: reason.optional(),
  progress: z.object({
    turn: z.number(),
    max_turns: z.number(),
    tool_calls: z.number(),
    activity: z.string().describe('What it does now, in one line.'),
  }),
  usage: usageResult,
  agent_type: z.string(),
  tier: z.enum(TIERS),
  model: z.string(),
  provider: z.enum(PROVIDERS),
  workspace: z.string(),
  lifetime: z.enum(LIFETIMES),
  name: z.string().optional(),
  created_at: time,
  started_at: time.optional(),
  finished_at: time.optional(),
  duration_ms: z.number(),
  error: failure.optional(),
  question: questionResult.optional(),
  children: z.array(z.string()),
});
export type StatusResult = z.infer<typeof statusResult>;

export const outputResult = z.object({
  agent_id: z.string(),
  status,
  reason: reason.optional(),
  text: z.string(),
  from_cursor: z
    .number()
    .describe('Where this reading began: pass it as `cursor` to get the same lines again.'),
  line_count: z.number().describe('Lines of the full log so far.'),
  matched_lines: z.number().describe('Lines of this view that the filter kept (all, without one).'),
  next_cursor: z.number().describe('Pass it as `cursor` to get only what comes after this.'),
  truncated: z.boolean().describe('There is more: read on from `next_cursor`, or ask for more characters.'),
  note: z.string().optional(),
});
export type OutputResult = z.infer<typeof outputResult>;

const waited = z.object({
  agent_id: z.string(),
  status,
  reason: reason.optional(),
  result: z.string().describe('First 200 characters of the result.'),
  question: questionResult.optional(),
});
export const waitResult = z.object({
  finished: z.array(waited),
  unfinished: z.array(waited),
  timed_out: z.boolean(),
});
export type WaitResult = z.infer<typeof waitResult>;
export type WaitedAgent = z.infer<typeof waited>;

export const killResult = z.object({
  agent_id: z.string(),
  status,
  reason: reason.optional(),
  message: z.string(),
});
export type KillResult = z.infer<typeof killResult>;

const DELIVERIES = ['queued', 'answered', 'continued', 'repeated'] as const;
export const sendResult = z.object({
  agent_id: z.string(),
  status: status.describe('Where it stands now.'),
  delivered: z
    .enum(DELIVERIES)
    .describe(
      'queued: read at its next turn; answered: it had asked, and has its answer; continued: it had ended, and goes on with this; repeated: it had this message under this idempotency_key before.',
    ),
  turn: z.number().optional().describe('The turn in which it is read, where that is known.'),
  message: z.string(),
});
export type SendResult = z.infer<typeof sendResult>;

const resumed = z.object({
  agent_id: z.string(),
  status: status.describe('Where it stood when it was looked at.'),
  reason: reason.optional(),
  resumed: z.boolean().describe('It was told to ask its model again; false: there was nothing to cut short.'),
  message: z.string(),
});
const resumeResult = z.object({ agents: z.array(resumed) });
export type ResumeResult = z.infer<typeof resumeResult>;
export type ResumedAgent = z.infer<typeof resumed>;

const listed = z.object({
  agent_id: z.string(),
  name: z.string().optional(),
  status,
  reason: reason.optional(),
  agent_type: z.string(),
  tier: z.enum(TIERS),
  task: z.string(),
  created_at: time,
  duration_ms: z.number(),
  cost_usd: z.number(),
  unread: z.boolean(),
  question: questionResult.optional(),
});
export type ListedAgent = z.infer<typeof listed>;
export const listResult = z.object({
  agents: z.array(listed),
  counts: z.record(z.enum(AGENT_STATUSES), z.number()),
  next_cursor: z.string().optional(),
});
export type ListResult = z.infer<typeof listResult>;
