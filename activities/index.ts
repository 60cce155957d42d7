import type { AgentActivities } from '../workflows/contract';
import { type CallModelDeps, createCallModel } from './callModel';
import { type CallToolDeps, createCallTool } from './callTool';

export type ActivityDeps = CallModelDeps & CallToolDeps;

/** What agents can do in the world, given the models and the directories of this worker. */
export function createActivities(deps: ActivityDeps): AgentActivities {
  return { callModel: createCallModel(deps), callTool: createCallTool(deps) };
}
