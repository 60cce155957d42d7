/** A call that waits for agents, through the questions that they ask meanwhile. */
import { type InputRequiredResult, inputRequired } from '@modelcontextprotocol/server';
import type { AgentsContext } from '../../agents/context';
import { deliver, giveBack, takeUnasked } from './answers';
import type { Asker } from './asker';
import { type AgentQuestion, agentIdIn, keyOf, reactionIn, requestsFor } from './form';

export interface Waiting<Result> {
  /** @param agentIds agents that were asked about in an earlier round of this call, which has started what it starts */
  begin(agentIds: readonly string[], waitedMs: number): Promise<Result>;
  questionsIn(result: Result): readonly AgentQuestion[];
  /** Waits on, after so much of the time that the call may take. */
  goOn(result: Result, waitedMs: number): Promise<Result>;
}

interface Call {
  agents: AgentsContext;
  asker: Asker;
  signal: AbortSignal;
  arrivedMs: number;
  report(message: string): void;
}

export async function throughQuestions<Result>(
  call: Call,
  waiting: Waiting<Result>,
): Promise<Result | InputRequiredResult> {
  const { agents, asker, signal, report } = call;
  let startedMs = call.arrivedMs;
  const agentIds = await answered(call);
  let result = await waiting.begin(agentIds, Date.now() - startedMs);
  for (;;) {
    const asked = asker.takesForms && !signal.aborted ? takeUnasked(agents, waiting.questionsIn(result)) : [];
    if (asked.length === 0) return result;
    if (!asker.ask) return inputRequired({ inputRequests: requestsFor(asked) });
    const askedMs = Date.now();
    for (const question of asked)
      await deliver(agents, question.agentId, keyOf(question), await asker.ask(question, report));
    if (signal.aborted) giveBack(agents, asked);
    // The user's time is not the call's.
    startedMs += Date.now() - askedMs;
    result = await waiting.goOn(result, Date.now() - startedMs);
  }
}

/** Delivers what a call that is made again brings along; whose questions that were. */
async function answered({ agents, asker }: Call): Promise<string[]> {
  const agentIds = [];
  for (const [key, response] of Object.entries(asker.responses)) {
    const agentId = agentIdIn(key);
    if (agentId === undefined) continue;
    await deliver(agents, agentId, key, reactionIn(response));
    agentIds.push(agentId);
  }
  return agentIds;
}
