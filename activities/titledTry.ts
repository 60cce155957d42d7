import { ApplicationFailure, Context } from '@temporalio/activity';
import type { AgentActivities } from '../workflows/contract';

/**
 * Tries of tool calls have the call itself as their type, so that the Web UI shows it. Anything else that has no activity here
 * is of another version, whose worker may take it instead: as the SDK would, this fails so that it is retried.
 */
export function titledTry(tryTool: AgentActivities['tryTool']): AgentActivities['tryTool'] {
  return async (call) => {
    const { activityType, isLocal } = Context.current().info;
    if (isLocal) return tryTool(call);
    throw ApplicationFailure.retryable(
      `This worker has no activity ${activityType}: another version of it is needed.`,
      'NotFoundError',
    );
  };
}
