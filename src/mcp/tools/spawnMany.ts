import { spawnManyInput } from '../../agents/inputs';
import { spawnManyResult } from '../../agents/results';
import { defineMcpTool } from '../tool';

export const agentSpawnMany = defineMcpTool({
  name: 'agent_spawn_many',
  title: 'Start several background agents',
  description: `Starts up to 50 background agents in one call, each as agent_spawn would, and returns their ids at once, in the order of the tasks. All tasks are checked first: when one is wrong, none is started, and you are told which.
Use it for independent questions that can be worked on at the same time, such as one agent for each module of a code base. Use agent_spawn for a single one, or to wait for an answer.
Then go on with your own work, and collect the answers with agent_wait and agent_output.`,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  input: spawnManyInput,
  output: spawnManyResult,
  run: ({ tasks }, { operations, agents }) => operations.spawnMany(agents, tasks),
  render({ agents }, own) {
    const rows = agents.map(
      (agent) =>
        `${agent.agent_id} · ${agent.status} · ${agent.agent_type} · ${agent.tier} tier, ${agent.model}`,
    );
    return [...rows, own('Wait for them with agent_wait; read each with agent_output.')].join('\n');
  },
});
