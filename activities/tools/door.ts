import type { Stats } from 'node:fs';
import { type FileHandle, lstat, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { openForReading, realPathOf } from './descriptor';
import { Refusal, refusalFor } from './refusal';
import { isSecretPath } from './secrets';
import { display } from './text';

/** A file or directory of the workspace, open. Use `handle`; the path may lead elsewhere by now. */
export interface Entry {
  kind: 'file' | 'directory';
  handle: FileHandle;
  /** As asked for, relative to the workspace; `.` is its root. */
  path: string;
  realPath: string;
  sizeBytes: number;
}

/** The only door to files: every tool reaches them through `withEntry`. */
export class Workspace {
  /** `root` is a real path; `alias` is what the user called it, so that absolute paths in either form work. */
  constructor(
    readonly root: string,
    private readonly alias: string = root,
  ) {}

  /** Opens, checks, hands over and closes. @throws Refusal with a text for the model. */
  async withEntry<T>(path: string, use: (entry: Entry) => Promise<T>): Promise<T> {
    const name = this.lexicalName(path);
    try {
      const handle = await this.open(name);
      try {
        return await use(await this.examine(handle, name));
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw refusalFor(error, name);
    }
  }

  /** The name relative to the root, judged by its letters alone: nothing outside is ever touched. */
  private lexicalName(path: string): string {
    if (path.includes('\0')) throw new Refusal('A path cannot contain a NUL character. Correct the path.');
    const absolute = resolve(this.root, path);
    const name = inside(this.root, absolute) ?? inside(this.alias, absolute);
    if (name === undefined) {
      throw new Refusal(
        `${display(path)} lies outside the workspace ${display(this.root)}. Use a path relative to the workspace, such as "." or "src".`,
      );
    }
    this.refuseSecret(join(this.root, name), name);
    return name || '.';
  }

  /** Looks before it opens: opening a device can have effects, and a link deserves a better text than ELOOP. */
  private async open(name: string): Promise<FileHandle> {
    const path = join(this.root, name);
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) throw await this.linkRefusal(path, name);
    kindOf(stats, name);
    return openForReading(path);
  }

  private async examine(handle: FileHandle, name: string): Promise<Entry> {
    const stats = await handle.stat();
    const kind = kindOf(stats, name);
    const realPath = await realPathOf(handle, join(this.root, name));
    if (realPath === undefined) {
      throw new Refusal(`${display(name)} was replaced or removed while it was opened. Try again.`);
    }
    if (inside(this.root, realPath) === undefined) {
      throw new Refusal(
        `${display(name)} leads outside the workspace through a symbolic link. Go on without it.`,
      );
    }
    this.refuseSecret(realPath, name);
    // A directory that may be read but not entered would keep ripgrep from starting in it.
    if (kind === 'directory') await stat(`${realPath}/.`);
    return { kind, handle, path: name, realPath, sizeBytes: stats.size };
  }

  private refuseSecret(absolute: string, name: string): void {
    if (!isSecretPath(absolute)) return;
    throw new Refusal(
      `${display(name)} is on the list of files that usually hold secrets; they are never read, listed or searched. Go on without it.`,
    );
  }

  private async linkRefusal(path: string, name: string): Promise<Refusal> {
    const link = `${display(name)} is a symbolic link`;
    const target = await realpath(path).catch(() => undefined);
    if (target === undefined) return new Refusal(`${link} that leads nowhere. Go on without it.`);
    const targetName = inside(this.root, target);
    if (targetName === undefined) {
      return new Refusal(`${link} to a place outside the workspace. Go on without it.`);
    }
    this.refuseSecret(target, name);
    return new Refusal(`${link} to ${display(targetName || '.')}. Use that path instead.`);
  }
}

function kindOf(stats: Stats, name: string): Entry['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  throw new Refusal(`${display(name)} is ${specialKind(stats)}, not a regular file. Go on without it.`);
}

function specialKind(stats: Stats): string {
  if (stats.isFIFO()) return 'a named pipe (FIFO)';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

export function requireFile(entry: Entry): void {
  if (entry.kind === 'file') return;
  throw new Refusal(
    `${display(entry.path)} is a directory. Call list_files with this path to see what is in it.`,
  );
}

export function requireDirectory(entry: Entry): void {
  if (entry.kind === 'directory') return;
  throw new Refusal(
    `${display(entry.path)} is a file. Call read_file to read it, or list the directory that holds it.`,
  );
}

/** `path` relative to `root` when it lies inside (`''` for the root itself), else `undefined`. */
export function inside(root: string, path: string): string | undefined {
  const name = relative(root, path);
  const escapes = name === '..' || name.startsWith(`..${sep}`) || isAbsolute(name);
  return escapes ? undefined : name;
}
