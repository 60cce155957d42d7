/** Agents as tasks. The workflow is the task: nothing of it is kept here, so that any process can answer for it. */
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { AgentsContext } from '../../agents/context';
import { UserError } from '../../agents/errors';
import { plainText } from '../../agents/plain';
import type { Door } from '../door';
import { withPrefix } from '../names';
import { deliver, takeUnasked } from '../questions/answers';
import { questionsOf, reactionIn, requestsFor } from '../questions/form';
import { explain, toolResult } from '../result';
import { renderSpawn } from '../tools/spawn';
import type { TaskSource } from './server';
import { taskOf } from './task';

export function agentTasks(door: Door, toolPrefix: string): TaskSource {
  const own = (text: string) => withPrefix(text, toolPrefix);

  async function withAgents<Result>(run: (agents: AgentsContext) => Promise<Result>): Promise<Result> {
    try {
      return await run((await door.open()).agents);
    } catch (error) {
      if (error instanceof UserError && error.kind === 'unreachable') door.forget();
      throw new ProtocolError(codeOf(error), plainText(own(explain(error))));
    }
  }

  // Operations are loaded with Temporal's client, at the first call.
  return {
    get: (taskId, { takesForms }) =>
      withAgents(async (agents) => {
        const { answerOf, standing } = await import('../../agents');
        const seen = await standing(agents, taskId);
        const task = taskOf(seen, own);
        const asked = takesForms ? questionsOf([seen.now]) : [];
        if (asked.length > 0) {
          // Its user is asked by whoever polls, and by no other call.
          takeUnasked(agents, asked);
          return { ...task, status: 'input_required', inputRequests: requestsFor(asked) };
        }
        if (task.status !== 'completed') return task;
        const answer = await answerOf(agents, taskId);
        const said = toolResult(renderSpawn(answer, own), answer);
        // The SDK marks results as complete, but not those inside of others.
        const result = { ...said, resultType: 'complete' };
        return { ...task, result: seen.now.error ? { ...result, isError: true } : result };
      }),
    update: (taskId, inputResponses) =>
      withAgents(async (agents) => {
        const { status } = await import('../../agents');
        await status(agents, taskId);
        for (const [key, response] of Object.entries(inputResponses))
          await deliver(agents, taskId, key, reactionIn(response));
      }),
    cancel: (taskId) =>
      withAgents(async (agents) => {
        const { kill } = await import('../../agents');
        await kill(agents, taskId);
      }),
  };
}

function codeOf(error: unknown): ProtocolErrorCode {
  const isUnknown = error instanceof UserError && error.kind === 'not_found';
  return isUnknown ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
}
