/** What has become different between two snapshots: pure. */
import { isOpen, type Snapshot, type WatchedAgent } from './watched';

export interface AgentChange {
  /** `new` for an agent that was not there before. */
  changed: ('new' | 'status' | 'turn' | 'question')[];
  agent: WatchedAgent;
}

/** Of a first snapshot only those that have not ended are news. Oldest first, as they would have been told. */
export function changesBetween(before: Snapshot | undefined, now: Snapshot): AgentChange[] {
  const known = new Map(before?.agents.map((agent) => [agent.agent_id, agent]));
  const changes = now.agents.map((agent) => ({
    changed: changedOf(known.get(agent.agent_id), agent),
    agent,
  }));
  return changes
    .filter(({ changed, agent }) => changed.length > 0 && (before !== undefined || isOpen(agent)))
    .filter(({ changed, agent }) => !(changed.includes('new') && before && isOlder(agent, before)))
    .reverse();
}

function changedOf(before: WatchedAgent | undefined, now: WatchedAgent): AgentChange['changed'] {
  if (!before) return ['new'];
  const differs: [AgentChange['changed'][number], boolean][] = [
    ['status', before.status !== now.status],
    // One of which only the list is known is not back at turn 0.
    ['turn', now.look !== undefined && turnOf(before) !== turnOf(now)],
    ['question', now.look?.question !== undefined && before.look?.question?.text !== now.look.question.text],
  ];
  return differs.filter(([, is]) => is).map(([what]) => what);
}

/** One that moved up in the list, as others went, is not new. */
function isOlder(agent: WatchedAgent, { agents }: Snapshot): boolean {
  const oldest = agents.map(({ created_at: at }) => at).sort()[0];
  return !isOpen(agent) && oldest !== undefined && agent.created_at < oldest;
}

function turnOf({ look }: WatchedAgent): number {
  return look?.progress.turn ?? 0;
}
