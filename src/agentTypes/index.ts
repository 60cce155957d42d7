export { type AgentType, TOOL_NAMES } from './agentType';
export { BUILT_IN_NAMES, BUILT_IN_TYPES, type BuiltInName } from './builtIn';
export { chooseAgentType } from './choose';
export { fallbackFrom } from './fallback';
export { resolveModel } from './model';
export { agentTypeNames, checkTypeFilter, listAgentTypes, resolveAgentType } from './resolve';
