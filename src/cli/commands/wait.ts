import { setTimeout as delay } from 'node:timers/promises';
import { counted } from '../../../workflows/text';
import type { WaitedAgent, WaitRequest, WaitResult } from '../../agents';
import type { AgentsContext } from '../../agents/context';
import type { Observation } from '../../agents/observe';
import type { Cli } from '../cli';
import type { CliCommand, ExitCode } from '../command';
import { isFinal, PATIENCE_MS } from '../follow';
import { checked, numberOption } from '../input';

const RETRY_MS = 500;
/** Longer than any agent may run. */
const FOREVER_MS = 8 * 86_400_000;

export const waitCommand: CliCommand = {
  name: 'wait',
  summary:
    'wait until agents have ended or one asks (exit code 4 if the time was up or one asks, else 1 if one failed)',
  declare: (command) =>
    command
      .argument(
        '[agent_id...]',
        'default: those spawned from this command line that work, or ended and were not told of yet',
      )
      .option('--any', 'until the first of them has ended')
      .option('--timeout-ms <ms>', 'longest wait (default: no limit)', numberOption),
  async run(cli, { args, options }) {
    const { waitInput } = await import('../../agents/inputs');
    const { z } = await import('zod');
    // The tool's own limit of 55 s is for clients that give a call up; a terminal does not.
    const input = waitInput.extend({ timeout_ms: z.number().min(0).max(FOREVER_MS).default(FOREVER_MS) });
    const request = checked(input, {
      agent_ids: args.length > 0 ? args : undefined,
      mode: options.any === true ? 'any' : 'all',
      timeout_ms: options.timeoutMs,
    });
    const agents = await cli.agents();
    const ids = request.agent_ids ?? (await idsToTellOf(cli, agents));
    if (ids.length === 0) {
      cli.print({ finished: [], unfinished: [], timed_out: false } satisfies WaitResult, NOTHING_LEFT);
      return 0;
    }
    const { waited, endings } = await waitPatiently(cli, agents, { ...request, agent_ids: ids });
    cli.print(waited, [...waited.finished, ...waited.unfinished].map(row).join('\n'));
    const code = exitCodeOf(waited, request.mode);
    // Until the wait is over its exit code does not say how they ended: the next wait will.
    if (code !== 4) {
      const { noteTold } = await import('../told');
      for (const { agentId, finishedAtMs } of endings) await noteTold(agents, agentId, finishedAtMs);
    }
    return code;
  },
};

const NOTHING_LEFT =
  'Nothing to wait for: no agent spawned from this command line is at work, and each ending was told. bga list shows them.';
/** Ids in a line that people read. */
const SHOWN_IDS = 5;

async function idsToTellOf(cli: Cli, agents: AgentsContext): Promise<string[]> {
  const { untold } = await import('../told');
  const seen = await untold(agents);
  const open = seen.filter(({ outcome }) => !outcome).map(({ agentId }) => agentId);
  const more = open.length > SHOWN_IDS ? `, and ${open.length - SHOWN_IDS} more` : '';
  if (open.length > 0)
    cli.say(`Waiting for ${counted(open.length, 'agent')}: ${open.slice(0, SHOWN_IDS).join(', ')}${more}`);
  return seen.map(({ agentId }) => agentId);
}

/** Whether one failed is the answer only once the wait is over: until then the others may still be waited for. */
function exitCodeOf({ finished, unfinished }: WaitResult, mode: 'all' | 'any'): ExitCode {
  const isOver = unfinished.length === 0 || (mode === 'any' && finished.length > 0);
  if (!isOver) return 4;
  return finished.every(({ status }) => status === 'completed') ? 0 : 1;
}

function row({ agent_id: agentId, status, reason, result, question }: WaitedAgent): string {
  if (question?.asked_at) return `${agentId}  asks  ${question.text}  (answer: bga send ${agentId} "…")`;
  const firstLine = result.split('\n', 1)[0] ?? '';
  return `${agentId}  ${status}${reason ? ` (${reason})` : ''}  ${firstLine}`.trimEnd();
}

/** A service that restarts meanwhile is waited for as well. */
async function waitPatiently(
  cli: Cli,
  connected: AgentsContext,
  request: WaitRequest & { timeout_ms: number },
): Promise<{ waited: WaitResult; endings: Observation[] }> {
  const { wait } = await import('../../agents/wait');
  const deadlineMs = Date.now() + request.timeout_ms;
  let agents = connected;
  let endings: Observation[] = [];
  let seenMs: number | undefined;
  for (;;) {
    try {
      const timeoutMs = Math.max(0, deadlineMs - Date.now());
      const onProgress = (seen: readonly Observation[]) => {
        seenMs = Date.now();
        endings = seen.filter((agent) => agent.outcome);
        if (seen.some((agent) => !agent.outcome)) cli.progress.state(progressLine(seen));
      };
      const waited = await wait(agents, { ...request, timeout_ms: timeoutMs }, { onProgress });
      return { waited, endings };
    } catch (error) {
      if (seenMs === undefined || isFinal(error) || Date.now() - seenMs > PATIENCE_MS) throw error;
      cli.progress.step('the service does not answer; waiting for it to come back');
      await delay(RETRY_MS);
      agents = await cli.agents().catch(() => agents);
    }
  }
}

function progressLine(seen: readonly Observation[]): string {
  const open = seen.filter((agent) => !agent.outcome);
  const doing = open.map(({ agentId, activity }) => `${agentId} ${activity}`).join('; ');
  return `waiting for ${open.length} of ${seen.length}: ${doing}`;
}
