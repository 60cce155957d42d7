import { z } from 'zod';
import type { Entry } from './door';
import { type MatchEvent, MatchReader } from './matches';
import { Refusal } from './refusal';
import { type RipgrepEnd, ripgrep } from './ripgrep';
import {
  argumentField,
  globField,
  includeIgnoredField,
  incompleteReason,
  pathField,
  placeName,
  resultPath,
} from './scope';
import { countFitting, display } from './text';
import { defineTool, type ToolContext } from './tool';

const MAX_FILE_MB = 10;
/** Bytes of a matching line that are shown, and how many of them before the match. */
const SHOWN_BYTES = 400;
const BEFORE_MATCH_BYTES = 120;
/** Of ripgrep's own words about a bad pattern. */
const MAX_QUOTE_CHARS = 600;

const input = z.strictObject({
  pattern: argumentField(
    2000,
    'Regular expression (Rust syntax, one line at a time), or plain text with fixed_string.',
  ),
  path: pathField('File or directory to search, relative to the workspace.').default('.'),
  glob: globField,
  ignore_case: z.boolean().default(false).describe('Let upper and lower case match each other.'),
  fixed_string: z
    .boolean()
    .default(false)
    .describe('Take the pattern as plain text, not as a regular expression.'),
  include_ignored: includeIgnoredField,
  max_results: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe('How many matching lines to show at most.'),
});
type Arguments = z.output<typeof input>;

/** Answer: `PATH:LINE: TEXT` for each matching line, by path then line, then a line in parentheses when there is more. */
export const search = defineTool({
  name: 'search',
  description: `Search the text of the workspace's files with a regular expression (ripgrep). Answers path:line: text, ordered by path. Leaves out what .gitignore ignores, binary files, files over ${MAX_FILE_MB} MB, symbolic links and files that usually hold secrets. Use read_file to see what surrounds a match.`,
  input,
  run: async (args, context) => ({ isError: false, text: await find(args, context) }),
});

async function find(args: Arguments, { workspace, signal }: ToolContext): Promise<string> {
  return workspace.withEntry(args.path, async (target) => {
    refuseHugeFile(target);
    const lines: string[] = [];
    const reader = new MatchReader((event) => {
      const line = render(target, event);
      // One more than wanted is awaited, to know whether there is more.
      if (line !== undefined && lines.push(line) > args.max_results) return 'enough';
      return 'more';
    });
    const end = await ripgrep(target, {
      args: searchArguments(args),
      glob: args.glob,
      includeIgnored: args.include_ignored,
      signal,
      onOutput: (chunk) => reader.push(chunk),
    });
    return report(args, lines, end);
  });
}

/** ripgrep applies --max-filesize to files it finds, not to one that it is given. */
function refuseHugeFile({ kind, path, sizeBytes }: Entry): void {
  if (kind === 'directory' || sizeBytes <= MAX_FILE_MB * 1024 * 1024) return;
  throw new Refusal(
    `${display(path)} has ${sizeBytes} bytes; files over ${MAX_FILE_MB} MB are not searched.`,
  );
}

function searchArguments(args: Arguments): string[] {
  return [
    '--json',
    // So that a search which is stopped has told what it had found.
    '--line-buffered',
    '--regex-size-limit=10M',
    '--dfa-size-limit=20M',
    `--max-filesize=${MAX_FILE_MB}M`,
    ...(args.ignore_case ? ['--ignore-case'] : []),
    ...(args.fixed_string ? ['--fixed-strings'] : []),
    // In one argument, so that a pattern that starts with a dash stays a pattern.
    `--regexp=${args.pattern}`,
  ];
}

function render(target: Entry, event: MatchEvent): string | undefined {
  const path = resultPath(target, event.path);
  if (path === undefined) return undefined;
  if ('tooLong' in event) return `${display(path)}: (a match in a very long line, not shown)`;
  return `${display(path)}:${event.line}: ${excerpt(event.text, event.startByte)}`;
}

/** The line, or the part of a long one around the match. */
function excerpt(text: Buffer, startByte: number): string {
  const line = text.toString().replace(/[\r\n]+$/, '');
  if (text.length <= SHOWN_BYTES) return line;
  const from = Math.max(0, startByte - BEFORE_MATCH_BYTES);
  const part = text.subarray(from, from + SHOWN_BYTES).toString();
  // A character cut in half at either end decodes as U+FFFD.
  const clean = part.replace(/^\ufffd+|[\ufffd\r\n]+$/g, '');
  return `${from > 0 ? '…' : ''}${clean}${from + SHOWN_BYTES < text.length ? '…' : ''}`;
}

function report(args: Arguments, lines: readonly string[], end: RipgrepEnd): string {
  if (end.ended === 'rejected') throw badPattern(end.message);
  const incomplete = incompleteReason(end);
  const shown = countFitting(lines.slice(0, args.max_results));
  if (shown === 0) return incomplete ? `No matches so far. (${incomplete})` : noMatches(args);
  const more =
    lines.length > shown
      ? `Cut after ${shown} matches, there are more. Narrow it with path, glob or a stricter pattern, or raise max_results.`
      : undefined;
  const notes = [more, incomplete].filter((note) => note !== undefined);
  return [...lines.slice(0, shown), ...(notes.length > 0 ? [`(${notes.join(' ')})`] : [])].join('\n');
}

function noMatches({ pattern, path, glob }: Arguments): string {
  const where = glob === undefined ? '' : `, in files that match ${JSON.stringify(glob)}`;
  return `No matches for ${JSON.stringify(pattern)} in ${placeName(path)}${where}. Files over ${MAX_FILE_MB} MB are not searched. Try ignore_case, a shorter pattern, or another path.`;
}

function badPattern(message: string): Refusal {
  return new Refusal(
    `ripgrep refused the search: ${message.slice(0, MAX_QUOTE_CHARS)}\nCorrect the pattern or glob, or set fixed_string to true to search for the pattern as plain text.`,
  );
}
