import { z } from 'zod';
import { type Entry, requireDirectory } from './door';
import { RecordSplitter } from './records';
import { ripgrep } from './ripgrep';
import { globField, includeIgnoredField, incompleteReason, pathField, placeName, resultPath } from './scope';
import { countFitting, display } from './text';
import { defineTool, type ToolContext } from './tool';

const NUL = 0;
/** The longest path Linux accepts. */
const MAX_PATH_BYTES = 4096;
const MAX_COUNTED_FOLDERS = 1000;
const MAX_SHOWN_FOLDERS = 8;

const input = z.strictObject({
  path: pathField('Directory to list, relative to the workspace.').default('.'),
  glob: globField,
  include_ignored: includeIgnoredField,
  max_results: z.number().int().min(1).max(2000).default(200).describe('How many files to show at most.'),
});
type Arguments = z.output<typeof input>;

/**
 * Answer: one path per line relative to the workspace, in ripgrep's path order, then a line in parentheses when
 * something was left out.
 */
export const listFiles = defineTool({
  name: 'list_files',
  description:
    'List the files below a directory of the workspace, one path per line. Leaves out what .gitignore ignores, .git, symbolic links and files that usually hold secrets. Use it to learn the layout; to find text in files use search.',
  input,
  run: async (args, context) => ({ isError: false, text: await list(args, context) }),
});

async function list(args: Arguments, { workspace, signal }: ToolContext): Promise<string> {
  return workspace.withEntry(args.path, async (target) => {
    requireDirectory(target);
    const listing = new Listing(target, args.max_results);
    const records = new RecordSplitter(NUL, MAX_PATH_BYTES, (record) => listing.add(record));
    const end = await ripgrep(target, {
      args: ['--files', '--null'],
      glob: args.glob,
      includeIgnored: args.include_ignored,
      signal,
      onOutput: (chunk) => records.push(chunk),
    });
    return listing.render(incompleteReason(end));
  });
}

/** Keeps the first files, counts the others by the folder they are in. */
class Listing {
  private readonly lines: string[] = [];
  private total = 0;
  private readonly countByFolder = new Map<string, number>();

  constructor(
    private readonly target: Entry,
    private readonly maxResults: number,
  ) {}

  add(record: Buffer | undefined): 'more' {
    const path = record && resultPath(this.target, record);
    if (path === undefined) return 'more';
    this.total++;
    if (this.lines.length < this.maxResults) this.lines.push(display(path));
    else this.countFolder(path);
    return 'more';
  }

  private countFolder(path: string | Buffer): void {
    const below = path.toString().slice(this.target.path === '.' ? 0 : this.target.path.length + 1);
    const slash = below.indexOf('/');
    const folder = slash === -1 ? '' : below.slice(0, slash + 1);
    const count = this.countByFolder.get(folder);
    if (count === undefined && this.countByFolder.size >= MAX_COUNTED_FOLDERS) return;
    this.countByFolder.set(folder, (count ?? 0) + 1);
  }

  render(incomplete: string | undefined): string {
    if (this.total === 0) return incomplete ? `(${incomplete})` : this.nothing();
    const shown = countFitting(this.lines);
    const notes = [this.leftOut(shown, incomplete !== undefined), incomplete].filter(
      (note) => note !== undefined,
    );
    const tail = notes.length > 0 ? [`(${notes.join(' ')})`] : [];
    return [...this.lines.slice(0, shown), ...tail].join('\n');
  }

  private nothing(): string {
    return `No files match in ${placeName(this.target.path)}. Try another path or glob, or set include_ignored to true.`;
  }

  private leftOut(shown: number, incomplete: boolean): string | undefined {
    const count = this.total - shown;
    if (count === 0) return undefined;
    const files = `${incomplete ? 'At least ' : ''}${count} more ${count === 1 ? 'file' : 'files'} left out`;
    return `${files}${this.folders()}. Narrow it with path or glob, or raise max_results.`;
  }

  /** Where the rest is, so that the next call can go there. */
  private folders(): string {
    const largest = [...this.countByFolder]
      .filter(([folder]) => folder !== '')
      .sort(([, a], [, b]) => b - a)
      .slice(0, MAX_SHOWN_FOLDERS)
      .map(([folder, count]) => `${display(folder)} ${count}`);
    return largest.length > 0 ? `, most of them in: ${largest.join(', ')}` : '';
  }
}
