import { setTimeout as delay } from 'node:timers/promises';
import type { KillReason } from '../../workflows/contract';
import { stopSignal } from '../../workflows/messages';
import { isNotFound } from '../temporalErrors';
import type { AgentsContext } from './context';
import { type Observation, observe } from './observe';
import { plainText } from './plain';
import type { KillResult } from './results';

/** The running call is aborted within two seconds; after this, either it is very busy or no worker is up. */
const CONFIRM_MS = 5_000;
const LOOK_MS = 150;

/** Stops an agent and waits for its ending. Killing an ended agent changes nothing and says what it ended as. */
export async function kill(context: AgentsContext, agentId: string, note?: string): Promise<KillResult> {
  const before = await observe(context, agentId);
  if (before.outcome)
    return told(
      before,
      `It had already ended as ${before.status} (${before.outcome.reason}); nothing was changed.`,
    );
  await requestStop(context, agentId, 'killed', note);
  const after = await untilStopped(context, agentId);
  if (!after.outcome)
    return told(
      after,
      'The kill is requested; it takes effect as soon as a worker answers. If none is up, start one with `bga up`.',
    );
  return told(
    after,
    after.status === 'killed' ? 'Killed. What it had found stays readable.' : 'It ended by itself first.',
  );
}

/** The reason goes ahead as a signal, because a cancellation carries none. */
export async function requestStop(
  { temporal }: Pick<AgentsContext, 'temporal'>,
  agentId: string,
  reason: KillReason,
  note?: string,
): Promise<void> {
  const handle = temporal.client.workflow.getHandle(agentId);
  try {
    const args: [KillReason, note?: string] = note === undefined ? [reason] : [reason, plainText(note)];
    await temporal.call(() => handle.signal(stopSignal, ...args));
    await temporal.call(() => handle.cancel());
  } catch (error) {
    // It ended in between.
    if (!isNotFound(error)) throw error;
  }
}

async function untilStopped(context: AgentsContext, agentId: string): Promise<Observation> {
  const deadlineMs = context.nowMs() + CONFIRM_MS;
  for (;;) {
    const seen = await observe(context, agentId);
    if (seen.outcome || context.nowMs() >= deadlineMs) return seen;
    await delay(LOOK_MS);
  }
}

function told(seen: Observation, message: string): KillResult {
  return {
    agent_id: seen.agentId,
    status: seen.status,
    ...(seen.outcome ? { reason: seen.outcome.reason } : {}),
    message,
  };
}
