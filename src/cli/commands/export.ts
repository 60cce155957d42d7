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
      .option('-o, --output <path>', 'a file, or for several agents a directory (default: stdout)'),
  async run(cli, { args, options }) {
    const { exportAgent, FORMATS } = await import('../../agents');
    const format = chosen('--format', options.format ?? (cli.json ? 'json' : 'md'), FORMATS);
    const ids = [...new Set(args)];
    const path = typeof options.output === 'string' ? options.output : undefined;
    const agents = await cli.agents();
    const documents: ExportDocument[] = [];
    for (const id of ids) documents.push(await exportAgent(agents, id, (text) => cli.progress.step(text)));
    cli.progress.done();
    if (path === undefined) await toStdout(documents, format);
    else await toFiles(cli, documents, format, path);
    return 0;
  },
};

async function toStdout(documents: readonly ExportDocument[], format: Format): Promise<void> {
  const { WRITERS } = await import('../../export/format');
  if (format === 'md') printText(documents.map(WRITERS.md).join('\n').trimEnd());
  else printText(JSON.stringify(documents.length === 1 ? documents[0] : documents, null, 2));
}

async function toFiles(
  cli: Cli,
  documents: readonly ExportDocument[],
  format: Format,
  path: string,
): Promise<void> {
  const { WRITERS } = await import('../../export/format');
  const { save } = await import('../../export/save');
  const isFolder = path.endsWith('/') || (existsSync(path) && statSync(path).isDirectory());
  if (documents.length > 1 && !isFolder)
    throw new UserError(
      'invalid',
      `-o: several agents need a directory. Give an existing one, or end it with "/": ${path}/`,
    );
  const exported = documents.map((document) => {
    const { agent_id } = document.agent;
    const file = resolve(isFolder ? join(path, `${agent_id}.${format}`) : path);
    save(file, WRITERS[format](document));
    return { agent_id, path: file };
  });
  cli.print({ exported }, exported.map(({ path: file }) => file).join('\n'));
}
