/** Which turn of which agent a request asks for, and whether it holds the conversation that the plan has made so far. */
import { z } from 'zod';
import type { AgentPlan } from '../plan/agents';

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  id: z.string().optional(),
  tool_use_id: z.string().optional(),
});
const requestBody = z.looseObject({
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.array(block) })),
});
type Message = z.output<typeof requestBody>['messages'][number];

export interface Asked {
  plan: AgentPlan;
  turn: number;
}

/** What is asked, or what is wrong with it. */
export function readRequest(body: string, plans: ReadonlyMap<string, AgentPlan>): Asked | string {
  const parsed = requestBody.safeParse(JSON.parse(body));
  if (!parsed.success) return 'The request is not one of the Messages API.';
  const { messages } = parsed.data;
  const task = messages[0]?.content[0]?.text ?? '';
  const plan = plans.get(task.split(':', 1)[0] ?? '');
  if (!plan) return `No agent is planned for the task ${JSON.stringify(task.slice(0, 40))}.`;
  const turn = messages.filter(({ role }) => role === 'assistant').length;
  const wrong = differenceFrom(plan, turn, messages);
  return wrong === undefined ? { plan, turn } : `Turn ${turn} of ${plan.marker}: ${wrong}`;
}

/** A conversation that lost, doubled or mixed up something would be answered all the same: so it is compared here. */
function differenceFrom(plan: AgentPlan, turn: number, messages: readonly Message[]): string | undefined {
  if (turn >= plan.turns.length) return 'it has had its answer.';
  const planned = plan.turns.slice(0, turn).flatMap(({ text, calls }) => {
    const ids = calls.map(({ id }) => id);
    return [`assistant ${JSON.stringify([text, ...ids])}`, `user ${JSON.stringify(ids)}`];
  });
  const sent = messages.slice(1).map(({ role, content }) => {
    const parts = content.flatMap((each) => each.tool_use_id ?? each.id ?? each.text ?? []);
    return `${role} ${JSON.stringify(parts)}`;
  });
  const at = planned.findIndex((each, index) => each !== sent[index]);
  if (at >= 0) return `message ${at + 1} is ${sent[at] ?? 'missing'}, not ${planned[at]}.`;
  return sent.length === planned.length
    ? undefined
    : `it has ${sent.length - planned.length} messages too many.`;
}
