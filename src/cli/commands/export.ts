import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../agents/errors';
import type { ExportDocument } from '../../export/document';
import type { Format } from '../../export/format';
import { type Cli, printText } from '../cli';
import type { CliCommand } from '../command';
import { chosen } from '../input';

export const exportCommand: CliCommand = {
  name: 'export',
  summary:
    'write agents to files, with all they were given, did and answered, before the server deletes them',
  declare: (command) =>
    command
      .argument('<agent_id...>')
      .option('--format <format>', 'md or json (default: md, or json with --json)')
      .option('-o, --output <path>', 'a file, or for several agents a directory (default: stdout)')
      .option('--force', 'replace files that exist already'),
  async run(cli, { args, options }) {
    const { exportAgent, FORMATS } = await import('../../agents');
    const format = chosen('--format', options.format ?? (cli.json ? 'json' : 'md'), FORMATS);
    const ids = [...new Set(args)];
    const fileOf = typeof options.output === 'string' ? filesFor(ids, format, options.output) : undefined;
    if (fileOf && options.force !== true) refuseToReplace(ids.map(fileOf));
    const agents = await cli.agents();
    const documents: ExportDocument[] = [];
    for (const id of ids) documents.push(await exportAgent(agents, id, (text) => cli.progress.step(text)));
    cli.progress.done();
    if (fileOf === undefined) await toStdout(documents, format);
    else await toFiles(cli, documents, format, fileOf);
    return 0;
  },
};

type FileOf = (agentId: string) => string;

function filesFor(ids: readonly string[], format: Format, path: string): FileOf {
  const isFolder = path.endsWith('/') || (existsSync(path) && statSync(path).isDirectory());
  if (ids.length > 1 && !isFolder)
    throw new UserError(
      'invalid',
      `-o: several agents need a directory. Give an existing one, or end it with "/": ${path}/`,
    );
  return (agentId) => resolve(isFolder ? join(path, `${agentId}.${format}`) : path);
}

/** Before anything is read: of several, none is written then. */
function refuseToReplace(files: readonly string[]): void {
  const there = files.filter((file) => existsSync(file));
  if (there.length === 0) return;
  const replace =
    there.length === 1
      ? 'exists already. Give --force to replace it'
      : 'exist already. Give --force to replace them';
  throw new UserError('invalid', `${there.join(', ')} ${replace}, or another path with -o.`);
}

async function toStdout(documents: readonly ExportDocument[], format: Format): Promise<void> {
  const { WRITERS } = await import('../../export/format');
  if (format === 'md') printText(documents.map(WRITERS.md).join('\n').trimEnd());
  else printText(JSON.stringify(documents.length === 1 ? documents[0] : documents, null, 2));
}

async function toFiles(
  cli: Cli,
  documents: readonly ExportDocument[],
  format: Format,
  fileOf: FileOf,
): Promise<void> {
  const { WRITERS } = await import('../../export/format');
  const { save } = await import('../../export/save');
  const exported = documents.map((document) => {
    const { agent_id } = document.agent;
    const file = fileOf(agent_id);
    save(file, WRITERS[format](document));
    return { agent_id, path: file };
  });
  cli.print({ exported }, exported.map(({ path: file }) => file).join('\n'));
}
