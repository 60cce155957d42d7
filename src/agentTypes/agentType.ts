import type { AgentLimits, Lifetime, Tier } from '../../workflows/contract';

/** What an agent type may be given; all of them only read. */
export const TOOL_NAMES = ['list_files', 'read_file', 'search', 'ask'] as const;
type ToolName = (typeof TOOL_NAMES)[number];

/** A kind of agent. Its values are copied into the agent's input at spawn, so a later change leaves running agents alone. */
export interface AgentType {
  name: string;
  /** One line: when to use it. */
  description: string;
  tier: Tier;
  tools: readonly ToolName[];
  lifetime: Lifetime;
  limits: AgentLimits;
  /** In place of the general one, each part that is there. */
  fallback?: FallbackOverride;
  /** The system prompt, complete. */
  instructions: string;
  /** Who defined it: a type that came with a workspace is less trusted. */
  origin: 'built in' | 'user' | 'workspace';
}

/** What a configuration may say about a type: all of it for a new one, any part for one that is there. */
export type AgentTypeOverride = {
  [Key in 'description' | 'tier' | 'tools' | 'lifetime' | 'instructions']?: AgentType[Key] | undefined;
} & { limits?: LimitOverrides | undefined; fallback?: FallbackOverride | undefined };

export type LimitOverrides = { [Key in keyof AgentLimits]?: AgentLimits[Key] | undefined };

/** Which tier takes over from which, once its model was not available for so long. */
export interface FallbackRule {
  afterMs: number;
  to: Partial<Record<Tier, Tier | undefined>>;
}

export type FallbackOverride = { [Key in keyof FallbackRule]?: FallbackRule[Key] | undefined };

/** A name starts agent ids, which stand in URLs and on command lines. */
export const TYPE_NAME = /^[a-z][a-z0-9-]{0,30}$/;
/** The default: not a type, but the wish that the task's words pick one. */
export const AUTO = 'auto';
