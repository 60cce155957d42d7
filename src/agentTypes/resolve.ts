import type { AgentLimits } from '../../workflows/contract';
import { UserError } from '../agents/errors';
import type { Config } from '../config/config';
import { didYouMean } from '../config/nearest';
import { type AgentType, type AgentTypeOverride, AUTO, type LimitOverrides } from './agentType';
import { BUILT_IN_TYPES, withPreamble } from './builtIn';

type TypeConfig = Pick<Config, 'agentTypes' | 'workspaceAgentTypes' | 'limits' | 'limitCaps'>;

export function listAgentTypes(config: TypeConfig): AgentType[] {
  return agentTypeNames(config).map((name) => resolveAgentType(name, config));
}

/** @throws UserError with the list of types for a name that is none of them. */
export function resolveAgentType(name: string, config: TypeConfig): AgentType {
  const type = find(name, config);
  if (type === undefined) throw unknownType(name, [AUTO, ...agentTypeNames(config)]);
  return { ...type, limits: capped(type.limits, config.limitCaps) };
}

/** @throws UserError with the list of the types that an agent can have, for a name that is none of them. */
export function checkTypeFilter(name: string, config: TypeConfig): void {
  const known = agentTypeNames(config);
  if (name === AUTO)
    throw new UserError(
      'invalid',
      `"${AUTO}" is no type of its own: an agent has the type that it chose. ${listOf(known)}`,
    );
  if (!known.includes(name)) throw unknownType(name, known);
}

/** All types there are: built in, the user's, then the workspace's. */
export function agentTypeNames({ agentTypes, workspaceAgentTypes }: TypeConfig): string[] {
  return [
    ...new Set([
      ...Object.keys(BUILT_IN_TYPES),
      ...Object.keys(agentTypes),
      ...Object.keys(workspaceAgentTypes),
    ]),
  ];
}

/** The user's own type wins over one that a workspace brings under the same name. */
function find(name: string, config: TypeConfig): AgentType | undefined {
  const builtIn = own<AgentType>(BUILT_IN_TYPES, name);
  const users = own(config.agentTypes, name);
  if (builtIn !== undefined || users !== undefined) return define(name, builtIn, users, config.limits);
  const workspaces = own(config.workspaceAgentTypes, name);
  if (workspaces === undefined) return undefined;
  const type = define(name, undefined, workspaces, config.limits);
  const general = override(BUILT_IN_TYPES.general.limits, config.limits);
  return { ...type, origin: 'workspace', limits: capped(type.limits, general) };
}

function define(
  name: string,
  builtIn: AgentType | undefined,
  changes: AgentTypeOverride = {},
  limits: LimitOverrides = {},
): AgentType {
  const base = builtIn ?? BUILT_IN_TYPES.general;
  return {
    name,
    description: changes.description ?? base.description,
    tier: changes.tier ?? base.tier,
    tools: changes.tools ?? base.tools,
    lifetime: changes.lifetime ?? base.lifetime,
    limits: override(override(base.limits, limits), changes.limits ?? {}),
    ...(changes.fallback === undefined ? {} : { fallback: changes.fallback }),
    instructions: changes.instructions === undefined ? base.instructions : withPreamble(changes.instructions),
    origin: builtIn === undefined ? 'user' : 'built in',
  };
}

function override(limits: AgentLimits, by: LimitOverrides): AgentLimits {
  return { ...limits, ...given(by) };
}

function capped(limits: AgentLimits, caps: LimitOverrides): AgentLimits {
  const own = new Map(Object.entries(given(limits)));
  const lower = Object.entries(given(caps)).map(([key, cap]) => [key, Math.min(cap, own.get(key) ?? cap)]);
  return { ...limits, ...Object.fromEntries(lower) };
}

/** Without what is not set. */
function given(limits: LimitOverrides): Record<string, number> {
  return Object.fromEntries(
    Object.entries(limits).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** A name such as `constructor` is not to find what every object inherits. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function unknownType(name: string, choices: readonly string[]): UserError {
  const shown = JSON.stringify(name.slice(0, 100));
  return new UserError(
    'invalid',
    `Unknown agent type ${shown}.${didYouMean(name, choices)} ${listOf(choices)}`,
  );
}

function listOf(types: readonly string[]): string {
  return `Known types: ${types.join(', ')}.`;
}
