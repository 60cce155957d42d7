/** Ctrl-C while an agent is watched: the agent is in the background already, so the question is whether to leave it there. */
import type { Cli } from './cli';

export interface Interrupt {
  /** Aborted when the watching should end. */
  signal: AbortSignal;
  close(): void;
}

export function onInterrupt(cli: Cli, agentId: string, kill: () => Promise<void>): Interrupt {
  const watching = new AbortController();
  let asked = false;
  const leave = () => {
    cli.say(
      `It goes on in the background. Watch it: bga output ${agentId} -f   Stop it: bga kill ${agentId}`,
    );
    watching.abort();
  };
  const handle = () => {
    // A second Ctrl-C is an answer: leave it running.
    if (asked || !process.stdin.isTTY) return leave();
    asked = true;
    void askWhetherToLeave().then(async (answer) => {
      if (answer === 'watch') {
        asked = false;
        return;
      }
      if (answer === 'leave') return leave();
      await kill();
    });
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', leave);
  return {
    signal: watching.signal,
    close: () => {
      process.off('SIGINT', handle);
      process.off('SIGTERM', leave);
    },
  };
}

async function askWhetherToLeave(): Promise<'leave' | 'stop' | 'watch'> {
  const { isCancel, select } = await import('@clack/prompts');
  const answer = await select({
    message: 'The agent is still working. What now?',
    output: process.stderr,
    options: [
      { value: 'leave' as const, label: 'Leave it running in the background' },
      { value: 'stop' as const, label: 'Stop it; what it has found stays readable' },
      { value: 'watch' as const, label: 'Go on watching' },
    ],
  });
  return isCancel(answer) ? 'leave' : answer;
}
