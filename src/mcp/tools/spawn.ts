import { FOREGROUND_MS } from '../../agents/defaults';
import { spawnInput } from '../../agents/inputs';
import { questionText } from '../../agents/question';
import { type SpawnResult, spawnResult } from '../../agents/results';
import { asData } from '../provenance';
import { throughQuestions } from '../questions/answering';
import { questionsOf } from '../questions/form';
import { doingOf } from '../standing';
import { defineMcpTool } from '../tool';

export const agentSpawn = defineMcpTool({
  name: 'agent_spawn',
  title: 'Start a background agent',
  description: `Hands a task to a background agent and returns its id at once; the agent reads the workspace (it cannot change it) and works on while you do other things. Its work survives crashes and restarts.
Use it for what would fill your context or take long: searching a code base, reading many files, a review, an audit, a plan; start several for independent questions. Do not use it for a single file that you can read yourself, nor for anything that must change files: an implement agent answers with a patch for you to apply.
The agent sees only the task: name files, symbols and what a good answer contains. It may ask back: then its status is waiting, agent_wait returns at once with its question, and agent_send answers.
Then go on with your own work; look with agent_wait or agent_status after poll_after_ms, and read the answer with agent_output.`,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  input: spawnInput,
  output: spawnResult,
  async run({ background, ...request }, call) {
    const { operations, agents, report, signal, takesTasks } = call;
    if (background) return operations.spawn(agents, request);
    // A task is there for whoever comes back for it, also after this connection.
    if (takesTasks)
      return operations.spawn(agents, { ...request, lifetime: request.lifetime ?? 'detached' }, 'foreground');
    const wait = (waitedMs: number, agentId?: string) =>
      operations.spawnAndWait(agents, request, {
        signal,
        foregroundMs: FOREGROUND_MS - waitedMs,
        ...(agentId === undefined ? {} : { agentId }),
        onProgress: (seen) => report(doingOf(seen)),
      });
    return throughQuestions(call, {
      begin: ([agentId], waitedMs) => wait(waitedMs, agentId),
      questionsIn: (result) => questionsOf([result]),
      goOn: (result, waitedMs) => wait(waitedMs, result.agent_id),
    });
  },
  taskOf: ({ background }, { agent_id: agentId }) => (background ? undefined : agentId),
  render: renderSpawn,
});

export function renderSpawn(result: SpawnResult, own: (text: string) => string): string {
  const why = result.agent_type_reason ? ` (auto: ${result.agent_type_reason})` : '';
  const head = `${result.agent_id} · ${result.status}${result.reason ? ` (${result.reason})` : ''} · ${result.agent_type}${why} · ${result.tier} tier, ${result.model} (${result.provider}) · ${result.lifetime}`;
  const later = own(
    `Look again in ${result.poll_after_ms} ms or later: agent_status, or agent_wait; read with agent_output.`,
  );
  const rows = [head];
  if (result.reason === undefined && result.text !== undefined) rows.push('It goes on in the background.');
  if (result.error) rows.push(`${result.error.type}: ${result.error.message}`);
  if (result.note !== undefined) rows.push(result.note);
  if (result.question) rows.push(own(questionText(result.agent_id, result.question)));
  if (result.reason === undefined) rows.push(later);
  if (result.truncated) rows.push(own(`Read on with agent_output, cursor ${result.next_cursor}.`));
  if (result.text) rows.push(asData(`agent ${result.agent_id}`, result.text));
  return rows.join('\n');
}
