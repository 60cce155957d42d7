/** Answers on their way to the agents that wait for them. */
import type { AgentsContext } from '../../agents/context';
import type { Session } from '../../agents/session';
import { type AgentQuestion, DECLINED, keyOf, questionsOf, type Reaction } from './form';

/** An answer to what an agent no longer asks would be a message, and let one go on that has ended. */
export async function deliver(
  agents: AgentsContext,
  agentId: string,
  key: string,
  reaction: Reaction,
): Promise<boolean> {
  if (reaction.kind === 'dismissed') return false;
  const { send, status } = await import('../../agents');
  const [asked] = questionsOf([await status(agents, agentId)]);
  if (!asked || keyOf(asked) !== key) return false;
  await send(agents, {
    agent_id: agentId,
    message: reaction.kind === 'answered' ? reaction.text : DECLINED,
  });
  return true;
}

/** Which questions the user of a session has seen: nobody likes to be asked twice. */
const seenBy = new WeakMap<Session, Set<string>>();

/** Those of these questions that nobody has asked this session's user yet; they count as asked from now on. */
export function takeUnasked(
  { session }: AgentsContext,
  questions: readonly AgentQuestion[],
): AgentQuestion[] {
  const seen = seenBy.get(session) ?? new Set();
  seenBy.set(session, seen);
  const unasked = questions.filter((question) => !seen.has(keyOf(question)));
  for (const question of unasked) seen.add(keyOf(question));
  return unasked;
}

/** The client gave up before its user saw them. */
export function giveBack({ session }: AgentsContext, questions: readonly AgentQuestion[]): void {
  for (const question of questions) seenBy.get(session)?.delete(keyOf(question));
}
