import type { AgentActivities, SessionActivities } from '../workflows/contract';
import type { DoctorActivities } from '../workflows/doctor';
import type { GateActivities } from '../workflows/places';
import type { ReopeningActivities } from '../workflows/reopening';
import { type CallModelDeps, createCallModel } from './callModel';
import { type CallToolDeps, createCallTool, createTryTool } from './callTool';
import { createGateActivities, type GateDeps } from './gates';
import { measuredModel } from './model/measured';
import type { Model } from './model/model';
import { createRecall, type RecallDeps } from './recall';
import { createSessionActivities, type SessionDeps } from './sessions';
import { createSummarise } from './summarise';
import { titledTry } from './titledTry';

export type ActivityDeps = CallModelDeps &
  CallToolDeps &
  SessionDeps &
  GateDeps &
  RecallDeps &
  DoctorActivities;

export type Activities = AgentActivities &
  SessionActivities &
  GateActivities &
  ReopeningActivities &
  DoctorActivities & {
    /** By the name under which the SDK looks for whatever has no activity of its own. */
    default: AgentActivities['tryTool'];
  };

/** What agents can do in the world, given the models and the directories of this worker. */
export function createActivities(given: ActivityDeps): Activities {
  const { anthropic, offline } = given.models;
  const measured = (model: Model) => measuredModel(model, given.measures, given.priceOf);
  const deps = { ...given, models: { anthropic: measured(anthropic), offline: measured(offline) } };
  const tryTool = createTryTool(deps);
  return {
    callModel: createCallModel(deps),
    summarise: createSummarise(deps),
    callTool: createCallTool(deps),
    tryTool,
    recall: createRecall(deps),
    tellFacts: given.tellFacts,
    ...createSessionActivities(deps),
    ...createGateActivities(deps),
    default: titledTry(tryTool),
  };
}
