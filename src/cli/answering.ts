/** An agent that is watched asks something: a person at the terminal is asked in its place, anybody else is told how to answer. */
import type { QuestionResult, StatusResult } from '../agents';
import type { AgentsContext } from '../agents/context';
import type { Cli } from './cli';
import { printable } from './words';

/** To be called at every look. Each question is put once: whoever leaves it open can still send the answer. */
export function answering(cli: Cli, signal: AbortSignal): (agents: AgentsContext, now: StatusResult) => void {
  let put: string | undefined;
  return (agents, { agent_id: agentId, question }) => {
    if (question?.asked_at === undefined || question.asked_at === put) return;
    put = question.asked_at;
    if (process.stdin.isTTY && process.stderr.isTTY) void askHere(cli, agents, agentId, question, signal);
    else cli.say(`It asks: ${question.text}\nAnswer with: bga send ${agentId} "…"`);
  };
}

async function askHere(
  cli: Cli,
  agents: AgentsContext,
  agentId: string,
  question: QuestionResult,
  signal: AbortSignal,
): Promise<void> {
  const release = cli.progress.hold();
  const message = await answerTo(question, signal);
  release();
  if (signal.aborted) return;
  if (message === undefined || message.trim() === '') {
    cli.say(`Left open; answer with: bga send ${agentId} "…"`);
    return;
  }
  const { send } = await import('../agents');
  await send(agents, { agent_id: agentId, message }).catch((error: unknown) =>
    cli.say(`The answer could not be sent: ${String(error)}`),
  );
}

const OTHER = Symbol('another answer');

async function answerTo({ text, options }: QuestionResult, signal: AbortSignal): Promise<string | undefined> {
  const { isCancel, select, text: ask } = await import('@clack/prompts');
  const common = { message: printable(text), output: process.stderr, signal };
  if (options) {
    const choices = options.map((option) => ({ value: option, label: printable(option) }));
    const chosen = await select<string | typeof OTHER>({
      ...common,
      options: [...choices, { value: OTHER, label: 'Another answer' }],
    });
    if (isCancel(chosen)) return undefined;
    if (typeof chosen === 'string') return chosen;
  }
  const typed = await ask(common);
  return isCancel(typed) ? undefined : typed;
}
