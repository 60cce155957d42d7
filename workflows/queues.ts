import { TIERS, type Tier } from './contract';

/**
 * Task queues. One for each tier, so that each has a concurrency and, where set, a rate of its own; a local process
 * serves them all, a fleet splits them. On the local service tools run on `agents` itself, and models are asked there while
 * there is room: the server hands such calls over with the answer to the workflow task (eager execution, a fifth of a short
 * agent's time). In a fleet tools run on `workspace`.
 * Installations that share a server are kept apart by namespace.
 */
export const taskQueues = {
  agents: 'agents',
  workspace: 'workspace',
  models: { haiku: 'model-haiku', sonnet: 'model-sonnet', opus: 'model-opus' } satisfies Record<Tier, string>,
} as const;

/** Whose model calls a queue holds. */
export function tierOn(queue: string): Tier | undefined {
  return TIERS.find((tier) => taskQueues.models[tier] === queue);
}
