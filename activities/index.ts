import type { AgentActivities, SessionActivities } from '../workflows/contract';
import type { GateActivities } from '../workflows/places';
import { type CallModelDeps, createCallModel } from './callModel';
import { type CallToolDeps, createCallTool, createTryTool } from './callTool';
import { createGateActivities, type GateDeps } from './gates';
import { createSessionActivities, type SessionDeps } from './sessions';
import { createSummarise } from './summarise';

export type ActivityDeps = CallModelDeps & CallToolDeps & SessionDeps & GateDeps;

/** What agents can do in the world, given the models and the directories of this worker. */
export function createActivities(deps: ActivityDeps): AgentActivities & SessionActivities & GateActivities {
  return {
    callModel: createCallModel(deps),
    summarise: createSummarise(deps),
    callTool: createCallTool(deps),
    tryTool: createTryTool(deps),
    ...createSessionActivities(deps),
    ...createGateActivities(deps),
  };
}
