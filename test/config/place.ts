import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Config, ConfigError, type ConfigFlags, loadConfig } from '../../src/config';

/** A machine of its own: home, workspace and nothing else in the environment. */
export class Place {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'bga-config-')));
  readonly home = join(this.root, 'home');
  readonly workspace = join(this.root, 'workspace');
  readonly userFile = join(this.home, '.config', 'background-agents', 'config.json');
  readonly workspaceFile = join(this.workspace, '.background-agents.json');
  readonly temporalToml = join(this.home, '.config', 'temporalio', 'temporal.toml');
  readonly stateDir = join(this.home, '.local', 'state', 'background-agents');

  constructor() {
    mkdirSync(this.home);
    mkdirSync(this.workspace);
  }

  write(path: string, content: unknown): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }

  load(env: Record<string, string> = {}, flags: ConfigFlags = {}): Config {
    return loadConfig({ env: { HOME: this.home, ...env }, flags, workspace: this.workspace });
  }

  /** What loading complains of. */
  problems(env: Record<string, string> = {}, flags: ConfigFlags = {}): readonly string[] {
    try {
      this.load(env, flags);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
