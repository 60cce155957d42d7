import { z } from 'zod';
import { requireFile } from './door';
import { type Excerpt, MAX_SCAN_BYTES, readLines } from './lines';
import { Refusal } from './refusal';
import { pathField } from './scope';
import { display, MAX_BODY_BYTES } from './text';
import { defineTool, type ToolContext } from './tool';

const DEFAULT_LINES = 400;
const SCAN_LIMIT_MB = MAX_SCAN_BYTES / (1024 * 1024);

const line = z.number().int().min(1);
const input = z.strictObject({
  path: pathField('File to read, relative to the workspace.'),
  from_line: line.default(1).describe('First line to read, from 1.'),
  to_line: line.optional().describe(`Last line to read. Default: ${DEFAULT_LINES} lines from from_line.`),
});
type Arguments = z.output<typeof input>;

/** Answer: `PATH (lines A-B of N)`, then `LINE<tab>TEXT` for each line, then in parentheses how to go on. */
export const readFile = defineTool({
  name: 'read_file',
  description: `Read a text file of the workspace, or a range of its lines. Each line comes with its number. Up to ${DEFAULT_LINES} lines and 30 KB at a time; the answer says how to continue. In a large file, find the place with search first.`,
  input,
  run: async (args, context) => ({ isError: false, text: await read(args, context) }),
});

async function read(args: Arguments, { workspace, signal }: ToolContext): Promise<string> {
  const from = args.from_line;
  const to = args.to_line ?? from + DEFAULT_LINES - 1;
  if (to < from) throw new Refusal(`to_line=${to} comes before from_line=${from}. Swap them.`);
  return workspace.withEntry(args.path, async (file) => {
    requireFile(file);
    const excerpt = await readLines(file.handle, { from, to, maxBytes: MAX_BODY_BYTES }, signal);
    return render(display(file.path), from, excerpt);
  });
}

function render(path: string, from: number, excerpt: Excerpt): string {
  const { lines, lineCount, ended } = excerpt;
  if (ended === 'binary') {
    throw new Refusal(`${path} is a binary file. Only text can be read; go on without it.`);
  }
  if (lines.length === 0) return nothingShown(path, from, excerpt);
  const last = from + lines.length - 1;
  const total = ended === 'end' ? `${lineCount}` : `at least ${lineCount}`;
  const header = `${path} (${[`lines ${from}-${last} of ${total}`, ...remarks(excerpt)].join('; ')})`;
  const body = lines.map((text, index) => `${from + index}\t${text}`);
  const more = lineCount - last;
  const footer = more > 0 ? [`(${more} more lines: continue with from_line=${last + 1})`] : [];
  return [header, ...body, ...footer].join('\n');
}

function nothingShown(path: string, from: number, { lineCount, ended }: Excerpt): string {
  if (ended === 'aborted') return `${path} (not read: the agent is being stopped)`;
  if (ended === 'scan_limit') {
    throw new Refusal(
      `Line ${from} of ${path} lies beyond the first ${SCAN_LIMIT_MB} MB (${lineCount} lines), which is all that can be read. Ask for an earlier line.`,
    );
  }
  if (lineCount === 0) return `${path} (empty file)`;
  throw new Refusal(`${path} has ${lineCount} lines, so there is no line ${from}. Ask for an earlier line.`);
}

function remarks({ quirks, ended }: Excerpt): string[] {
  return [
    ended === 'scan_limit' ? `only the first ${SCAN_LIMIT_MB} MB can be read` : '',
    ended === 'aborted' ? 'stopped before the end' : '',
    quirks.crlf ? 'CRLF line ends' : '',
    quirks.invalidUtf8 ? 'not valid UTF-8: bad bytes are shown as \ufffd' : '',
    quirks.cutLines ? 'long lines are cut' : '',
    quirks.endsWithoutNewline ? 'no newline at the end' : '',
  ].filter((remark) => remark !== '');
}
