import { z } from 'zod';
import type { CliCommand } from '../command';
import { checked, numberOption } from '../input';

const waitTimeout = z.number().min(0).describe('milliseconds');
/** Longer than any agent may run. */
const FOREVER_MS = 8 * 86_400_000;

export const waitCommand: CliCommand = {
  name: 'wait',
  summary: 'wait until agents have ended (exit code 1 if one failed, 4 if the time was up)',
  declare: (command) =>
    command
      .argument('[agent_id...]', 'default: all that were spawned from this command line')
      .option('--any', 'until the first of them has ended')
      .option('--timeout-ms <ms>', 'longest wait (default: no limit)', numberOption),
  async run(cli, { args, options }) {
    const { wait, waitInput } = await import('../../agents');
    // The tool's own limit of 55 s is for clients that give a call up; a terminal does not.
    const { timeout_ms: _, ...request } = checked(waitInput, {
      agent_ids: args.length > 0 ? args : undefined,
      mode: options.any === true ? 'any' : 'all',
    });
    const timeoutMs = checked(waitTimeout, options.timeoutMs ?? FOREVER_MS);
    const waited = await wait(
      await cli.agents(),
      { ...request, timeout_ms: timeoutMs },
      {
        onProgress: (seen) => {
          const open = seen.filter((agent) => !agent.outcome);
          cli.progress.step(
            `waiting for ${open.length} of ${seen.length}: ${open.map(({ agentId, activity }) => `${agentId} ${activity}`).join('; ')}`,
          );
        },
      },
    );
    const rows = [...waited.finished, ...waited.unfinished].map(
      (agent) =>
        `${agent.agent_id}  ${agent.status}${agent.reason ? ` (${agent.reason})` : ''}  ${agent.result.split('\n')[0] ?? ''}`,
    );
    cli.print(waited, rows.join('\n') || 'No agents to wait for.');
    if (waited.finished.some(({ status }) => status !== 'completed')) return 1;
    return waited.timed_out ? 4 : 0;
  },
};
