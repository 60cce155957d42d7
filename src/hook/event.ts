/** What Claude Code hands its hooks on stdin, as far as it matters here. */
import { z } from 'zod';

const hookInput = z.object({
  session_id: z.string().min(1).max(1_000),
  hook_event_name: z.string(),
  cwd: z.string().optional(),
  transcript_path: z.string().optional(),
  stop_hook_active: z.boolean().optional(),
});
export type HookInput = z.infer<typeof hookInput>;

/** Prompts come along whole, and people paste logs; more than this is no event. */
const MAX_CHARS = 32 * 1024 * 1024;

/** @throws Error that says what is wrong, for stderr */
export async function readEvent(stream: AsyncIterable<unknown>): Promise<HookInput> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.length > MAX_CHARS) throw new Error('stdin holds more than any event of a hook.');
  }
  const parsed = hookInput.safeParse(jsonOf(text));
  if (!parsed.success)
    throw new Error('stdin holds no event of a Claude Code hook (session_id, hook_event_name).');
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
