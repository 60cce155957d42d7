export { type AgentType, type AgentTypeOverride, AUTO, TOOL_NAMES, type ToolName } from './agentType';
export { BUILT_IN_NAMES, BUILT_IN_TYPES, type BuiltInName } from './builtIn';
export { type Choice, chooseAgentType } from './choose';
export { knownModels, type ModelWish, type ResolvedModel, resolveModel } from './model';
export { agentTypeNames, listAgentTypes, resolveAgentType } from './resolve';
