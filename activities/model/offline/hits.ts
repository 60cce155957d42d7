import type { Answered } from './history';

/** A line that a search found. */
export interface Hit {
  path: string;
  line: number;
  text: string;
}

/** An excerpt that a read gave. */
export interface Excerpt {
  path: string;
  lines: { line: number; text: string }[];
}

const HIT = /^(.+?):(\d+): ?(.*)$/;

/** The lines of all searches, each once, in the order in which they came. */
export function readHits(answers: Answered[]): Hit[] {
  const found = new Map<string, Hit>();
  for (const { name, text, isError } of answers) {
    if (name !== 'search' || isError) continue;
    for (const row of text.split('\n')) {
      const [, path, line, code] = HIT.exec(row) ?? [];
      if (path === undefined || line === undefined || code === undefined) continue;
      const key = `${path}:${line}`;
      if (!found.has(key)) found.set(key, { path, line: Number(line), text: code.trimEnd() });
    }
  }
  return [...found.values()];
}

/** Paths that `list_files` gave. A sentence or a note in brackets is no path. */
export function readPaths(answers: Answered[]): string[] {
  const rows = answers
    .filter(({ name, isError }) => name === 'list_files' && !isError)
    .flatMap(({ text }) => text.split('\n'))
    .map((row) => row.trim());
  return [...new Set(rows.filter((row) => row !== '' && !isNote(row)))];
}

/** A remark of the tool: in brackets, or a sentence. */
const isNote = (row: string): boolean => /^[[(].*[\])]$/.test(row) || /\s\S+\s.*[.:]$/.test(row);

/** Whether the tool says that there was more than it gave. */
export const wasCut = ({ name, text }: Answered): boolean =>
  name === 'search' && /^[[(]Cut /im.test(text.slice(text.lastIndexOf('\n') + 1));

export function readExcerpts(answers: Answered[]): Excerpt[] {
  return answers.flatMap(({ name, text, isError }) => {
    if (name !== 'read_file' || isError) return [];
    const [header = '', ...rows] = text.split('\n');
    const path = /^(.+) \(lines? .*\)$/.exec(header)?.[1];
    const lines = rows.flatMap((row) => {
      const [, line, code] = /^\s*(\d+)\t(.*)$/.exec(row) ?? [];
      return line === undefined || code === undefined ? [] : [{ line: Number(line), text: code.trimEnd() }];
    });
    return path === undefined || lines.length === 0 ? [] : [{ path, lines }];
  });
}
