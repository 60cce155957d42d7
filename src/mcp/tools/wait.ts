import { MOST_WAIT_MS } from '../../agents/defaults';
import { waitInput } from '../../agents/inputs';
import { questionText } from '../../agents/question';
import { waitResult } from '../../agents/results';
import { asData } from '../provenance';
import { throughQuestions } from '../questions/answering';
import { questionsOf } from '../questions/form';
import { standingOf } from '../standing';
import { defineMcpTool, READ_ONLY } from '../tool';

export const agentWait = defineMcpTool({
  name: 'agent_wait',
  title: 'Wait for agents to end',
  description: `Waits until all (or, with mode = any, the first) of the agents have ended, at most timeout_ms, or one of them asks something; by default for all agents of this session. An agent that asks is in unfinished with its question: answer with agent_send. Returns each agent's status and the first 200 characters of its result; read the rest with agent_output.
Use it when you have nothing else to do before their answers. When the time is up nothing is lost and no agent stops: call it again.`,
  annotations: READ_ONLY,
  input: waitInput,
  output: waitResult,
  run(request, call) {
    const { operations, agents, report, signal } = call;
    let mostMs: number = MOST_WAIT_MS;
    const wait = (waitedMs: number) => {
      const leftMs = Math.max(0, mostMs - waitedMs);
      const options = {
        signal,
        onProgress: (seen: Parameters<typeof standingOf>[0]) => report(standingOf(seen)),
      };
      return operations.wait(agents, { ...request, timeout_ms: leftMs }, options);
    };
    return throughQuestions(call, {
      begin(_, openedMs) {
        // Until the service was up nobody waited for agents; but the client did.
        mostMs = Math.min(openedMs + request.timeout_ms, MOST_WAIT_MS);
        return wait(openedMs);
      },
      questionsIn: ({ unfinished }) => questionsOf(unfinished),
      goOn: (_, waitedMs) => wait(waitedMs),
    });
  },
  render(waited, own) {
    const row = (agent: (typeof waited.finished)[number]) =>
      `${agent.agent_id} · ${agent.status}${agent.reason ? ` (${agent.reason})` : ''}${agent.result ? `\n  ${agent.result.replace(/\n/g, '\n  ')}` : ''}${agent.question ? `\n  ${own(questionText(agent.agent_id, agent.question))}` : ''}`;
    const rows = [...waited.finished, ...waited.unfinished].map(row);
    if (rows.length === 0) return 'This session has no agents to wait for.';
    const said = asData('these agents (the beginnings of their results)', rows.join('\n'));
    return waited.timed_out ? `${said}\nThe time is up; the others go on. Call again to wait on.` : said;
  },
});
