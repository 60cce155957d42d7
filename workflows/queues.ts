import type { Tier } from './contract';

/**
 * Task queues. One for each tier, so that each has a concurrency and, where set, a rate of its own; a local
 * process serves them all, a fleet splits them. Installations that share a server are kept apart by namespace.
 */
export const taskQueues = {
  agents: 'agents',
  workspace: 'workspace',
  models: { haiku: 'model-haiku', sonnet: 'model-sonnet', opus: 'model-opus' } satisfies Record<Tier, string>,
} as const;
