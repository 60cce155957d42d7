import { join, resolve } from 'node:path';
import { counted } from '../../../workflows/text';
import type { AgentsContext } from '../../agents/context';
import { UserError } from '../../agents/errors';
import type { Prunable } from '../../agents/prune';
import type { Format } from '../../export/format';
import type { Cli } from '../cli';
import type { CliCommand } from '../command';
import { chosen } from '../input';
import { sinceMs } from '../since';
import { table } from '../table';
import { bytes } from '../words';

export const pruneCommand: CliCommand = {
  name: 'prune',
  summary: 'delete agents that ended long ago, with all that the server keeps of them',
  declare: (command) =>
    command
      .requiredOption('--older-than <time>', 'those that ended longer ago: 12h, 7d, 2w, or before a date')
      .option('--status <status>', 'only these: completed, failed or killed')
      .option('-t, --type <type>', 'only this agent type')
      .option('--scope <scope>', 'session, workspace or all', 'all')
      .option('--export-dir <dir>', 'write each of them to a file there first, in place of an earlier one')
      .option('--format <format>', 'of these files: json or md', 'json')
      .option('--dry-run', 'only show what would be deleted')
      .option('-y, --yes', 'without being asked'),
  async run(cli, { options }) {
    const { ENDED_STATUSES, FORMATS, prunable, SCOPES } = await import('../../agents');
    const format = chosen('--format', options.format, FORMATS);
    const exportDir = typeof options.exportDir === 'string' ? resolve(options.exportDir) : undefined;
    const request = {
      endedBeforeMs: sinceMs('--older-than', String(options.olderThan), Date.now()),
      statuses:
        options.status === undefined ? ENDED_STATUSES : [chosen('--status', options.status, ENDED_STATUSES)],
      scope: chosen('--scope', options.scope, SCOPES),
      ...(typeof options.type === 'string' ? { agentType: options.type } : {}),
    };
    const isDryRun = options.dryRun === true;
    if (!isDryRun && options.yes !== true && !process.stdin.isTTY)
      throw new UserError(
        'invalid',
        'Nothing was deleted, because nobody can be asked here: give --yes to delete, or --dry-run to see what would be.',
      );
    const agents = await cli.agents();
    const found = await prunable(agents, request, (text) => cli.progress.step(text));
    cli.progress.done();
    const isMeant = found.length > 0 && !isDryRun && (options.yes === true || (await isConfirmed(found)));
    const isNoted = !isMeant || (await deleteAll(cli, agents, found, exportDir, format));
    tell(cli, found, isMeant, exportDir);
    if (!isNoted)
      cli.say(
        'bga cost will not tell that they are missing: that is noted in the namespace, which may not be changed from here.',
      );
    return 0;
  },
};

async function deleteAll(
  cli: Cli,
  agents: AgentsContext,
  found: readonly Prunable[],
  exportDir: string | undefined,
  format: Format,
): Promise<boolean> {
  const { exportAgent, prune } = await import('../../agents');
  const { WRITERS } = await import('../../export/format');
  const { save } = await import('../../export/save');
  const keep = async ({ agentId }: Prunable) => {
    if (exportDir !== undefined)
      save(join(exportDir, `${agentId}.${format}`), WRITERS[format](await exportAgent(agents, agentId)));
  };
  const onDone = (done: number) => cli.progress.step(`deleted ${done} of ${found.length} agents`);
  const isNoted = await prune(agents, found, keep, onDone);
  cli.progress.done();
  return isNoted;
}

async function isConfirmed(found: readonly Prunable[]): Promise<boolean> {
  const { confirm } = await import('@clack/prompts');
  const message = `Delete ${sumOf(found)}? This cannot be undone.`;
  return (await confirm({ message, initialValue: false, output: process.stderr })) === true;
}

function sumOf(found: readonly Prunable[]): string {
  const freed = found.reduce((sum, agent) => sum + agent.bytes, 0);
  return `${counted(found.length, 'agent')}, ${bytes(freed)} of history`;
}

function tell(cli: Cli, found: readonly Prunable[], isDeleted: boolean, exportDir: string | undefined): void {
  const exported = isDeleted ? exportDir : undefined;
  cli.print(
    {
      deleted: isDeleted,
      agents: found.map(({ agentId, status, endedAtMs, bytes: size }) => ({
        agent_id: agentId,
        status,
        finished_at: new Date(endedAtMs).toISOString(),
        history_bytes: size,
      })),
      history_bytes: found.reduce((sum, agent) => sum + agent.bytes, 0),
      ...(exported === undefined ? {} : { exported_to: exported }),
    },
    found.length === 0 ? '' : table(['agent', 'status', 'ended', 'history'], found.map(rowOf)),
  );
  if (cli.json) return;
  const where = exported === undefined ? '' : `; written to ${exported} before`;
  if (isDeleted) cli.say(`Deleted ${sumOf(found)}${where}.`);
  else cli.say(`${found.length === 0 ? 'No agent ended that long ago' : sumOf(found)}. Nothing was deleted.`);
}

function rowOf({ agentId, status, endedAtMs, bytes: size }: Prunable): string[] {
  return [agentId, status, new Date(endedAtMs).toLocaleString('sv-SE').slice(0, 16), bytes(size)];
}
