/** The server's program, which may be replaced under a running supervisor, as by an upgrade of the Temporal CLI. */
import fs from 'node:fs';
import { probe } from './probe';

export class Program {
  readonly path: string;
  #version: string;
  #seen: string;

  constructor({ path, version }: { path: string; version: string }) {
    this.path = path;
    this.#version = version;
    this.#seen = fingerprint(path);
  }

  /** The version of the server in it; it is asked again only when the file is another. */
  async version(env: NodeJS.ProcessEnv): Promise<string> {
    const found = fingerprint(this.path);
    if (found === this.#seen) return this.#version;
    const probed = await probe(this.path, env);
    if ('why' in probed) throw new Error(`${this.path}: ${probed.why}`);
    this.#seen = found;
    this.#version = probed.version;
    return probed.version;
  }
}

function fingerprint(file: string): string {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs}` : 'gone';
}
