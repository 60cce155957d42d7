import { defineSearchAttributeKey, type SearchAttributeType } from '@temporalio/common';

/** In the place of a parent, of an agent that went on after an ending: its earlier runs are in the lists as well. */
export const ITSELF = 'itself';

/**
 * Typed search attributes of an agent. At most ten Keywords of 255 characters fit SQL visibility; ids and
 * search attributes are never encrypted, so no task text goes here, and a workspace only as a hash.
 */
export const attributes = {
  type: defineSearchAttributeKey('AgentType', 'KEYWORD'),
  tier: defineSearchAttributeKey('AgentTier', 'KEYWORD'),
  model: defineSearchAttributeKey('AgentModel', 'KEYWORD'),
  status: defineSearchAttributeKey('AgentStatus', 'KEYWORD'),
  reason: defineSearchAttributeKey('AgentReason', 'KEYWORD'),
  session: defineSearchAttributeKey('AgentSession', 'KEYWORD'),
  workspace: defineSearchAttributeKey('AgentWorkspace', 'KEYWORD'),
  owner: defineSearchAttributeKey('AgentOwner', 'KEYWORD'),
  parent: defineSearchAttributeKey('AgentParent', 'KEYWORD'),
  costUsd: defineSearchAttributeKey('AgentCostUsd', 'DOUBLE'),
  createdAt: defineSearchAttributeKey('AgentCreatedAt', 'DATETIME'),
} as const;

/** Name and type of each attribute, as a namespace has to register them. */
export const attributeTypes: Record<string, SearchAttributeType> = Object.fromEntries(
  Object.values(attributes).map((key) => [key.name, key.type]),
);
