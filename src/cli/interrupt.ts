/** Ctrl-C while an agent is watched: the agent is in the background already, so the question is whether to leave it there. */
import type { Cli } from './cli';
import { promptUntil } from './promptUntil';

export interface Interrupt {
  /** Aborted when the watching should end. */
  signal: AbortSignal;
  close(): void;
}

export function onInterrupt(cli: Cli, agentId: string, kill: () => Promise<unknown>): Interrupt {
  const watching = new AbortController();
  const over = new AbortController();
  let isAsking = false;
  const leave = () => {
    if (watching.signal.aborted) return;
    cli.say(`${agentId} goes on in the background.`);
    cli.say(`Watch it: bga output ${agentId} -f   Stop it: bga kill ${agentId}`);
    watching.abort();
  };
  const ask = async () => {
    isAsking = true;
    const release = cli.progress.hold();
    const answer = await askWhetherToLeave(over.signal);
    release();
    isAsking = false;
    // It ended while the question stood.
    if (over.signal.aborted || answer === 'watch') return;
    if (answer === 'leave') return leave();
    cli.progress.step('stopping it');
    await kill().catch((error: unknown) => cli.say(`It could not be stopped: ${String(error)}`));
  };
  const handle = () => {
    // A second Ctrl-C is an answer: leave it running.
    if (isAsking || !process.stdin.isTTY || !process.stderr.isTTY) leave();
    else void ask();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', leave);
  return {
    signal: watching.signal,
    close: () => {
      over.abort();
      process.off('SIGINT', handle);
      process.off('SIGTERM', leave);
    },
  };
}

async function askWhetherToLeave(signal: AbortSignal): Promise<'leave' | 'stop' | 'watch'> {
  const { isCancel, select } = await import('@clack/prompts');
  const answer = await promptUntil(signal, (away) =>
    select({
      message: 'The agent is still working. What now?',
      output: process.stderr,
      signal: away,
      options: [
        { value: 'leave' as const, label: 'Leave it running in the background' },
        { value: 'stop' as const, label: 'Stop it; what it has found stays readable' },
        { value: 'watch' as const, label: 'Go on watching' },
      ],
    }),
  );
  return isCancel(answer) ? 'leave' : answer;
}
