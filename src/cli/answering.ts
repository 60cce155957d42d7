/** An agent that is watched asks something: a person at the terminal is asked in its place, anybody else is told how to answer. */
import type { QuestionResult, StatusResult } from '../agents';
import type { AgentsContext } from '../agents/context';
import type { Cli } from './cli';
import { promptUntil } from './promptUntil';
import { printable } from './words';

/** To be called at every look. Each question is put once: whoever leaves it open can still send the answer. */
export function answering(cli: Cli, signal: AbortSignal): (agents: AgentsContext, now: StatusResult) => void {
  let put: string | undefined;
  let gone = new AbortController();
  return (agents, { agent_id: agentId, question }) => {
    const askedAt = question?.asked_at;
    // Somebody else has answered, or its time is over: an answer from here would be a message.
    if (askedAt !== put) gone.abort();
    if (question === undefined || askedAt === undefined || askedAt === put) return;
    put = askedAt;
    gone = new AbortController();
    if (process.stdin.isTTY && process.stderr.isTTY)
      void askHere(cli, agents, { agentId, question, gone: gone.signal, over: signal });
    else cli.say(`It asks: ${question.text}\nAnswer with: bga send ${agentId} "…"`);
  };
}

const GONE = 'The question is no longer open.';

interface Asking {
  agentId: string;
  question: QuestionResult;
  /** The question is open no more. */
  gone: AbortSignal;
  /** Nobody watches any more. */
  over: AbortSignal;
}

async function askHere(
  cli: Cli,
  agents: AgentsContext,
  { agentId, question, gone, over }: Asking,
): Promise<void> {
  const release = cli.progress.hold();
  const message = await answerTo(question, AbortSignal.any([gone, over]));
  release();
  if (over.aborted) return;
  if (gone.aborted) return cli.say(GONE);
  if (message === undefined || message.trim() === '')
    return cli.say(`Left open; answer with: bga send ${agentId} "…"`);
  const { send, status } = await import('../agents');
  try {
    const now = await status(agents, agentId);
    if (now.question?.asked_at === question.asked_at) await send(agents, { agent_id: agentId, message });
    else cli.say(GONE);
  } catch (error) {
    cli.say(`The answer could not be sent: ${String(error)}`);
  }
}

const OTHER = Symbol('another answer');

async function answerTo({ text, options }: QuestionResult, signal: AbortSignal): Promise<string | undefined> {
  const { isCancel, select, text: ask } = await import('@clack/prompts');
  const common = { message: printable(text), output: process.stderr };
  if (options) {
    const choices = options.map((option) => ({ value: option, label: printable(option) }));
    const chosen = await promptUntil(signal, (away) =>
      select<string | typeof OTHER>({
        ...common,
        signal: away,
        options: [...choices, { value: OTHER, label: 'Another answer' }],
      }),
    );
    if (isCancel(chosen)) return undefined;
    if (typeof chosen === 'string') return chosen;
  }
  const typed = await promptUntil(signal, (away) => ask({ ...common, signal: away }));
  return isCancel(typed) ? undefined : typed;
}
