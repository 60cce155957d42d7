/** The whole product, running for real: its supervisor, Temporal server and worker in a home of its own, and its agents. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newSession, newSessionId } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { loadConfig } from '../../src/config';
import { readyService } from '../../src/local';
import { openAgents } from '../../src/open';
import { ROOT } from './root';

export { until } from './until';

export const BGA = join(ROOT, 'dist', 'src', 'cli', 'main.js');

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface ProductOptions {
  /** Base URL of a model server; without one the offline model answers. */
  modelUrl?: string;
  /** Directory that agents read; default: an empty one. */
  workspace?: string;
  /** Folder of its state, which the caller removes; default: a new one. */
  home?: string;
  env?: Record<string, string>;
}

export interface Product {
  home: string;
  workspace: string;
  env: NodeJS.ProcessEnv;
  agents: AgentsContext;
  /** Another session on the same service. */
  openSession(overrides?: Partial<Parameters<typeof openAgents>[0]>): Promise<AgentsContext>;
  bga(...args: string[]): Promise<CommandResult>;
  workerPid(): number;
  serverPid(): number;
  stop(): Promise<void>;
}

/** The environment of a new user: nothing of this machine's settings, and everything written below `home`. */
export function cleanEnv(home: string, extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(BGA_|ANTHROPIC_|TEMPORAL_|OTEL_|TRACEPARENT$|XDG_CONFIG)/.test(name),
  );
  return { ...Object.fromEntries(kept), BGA_HOME: home, XDG_CONFIG_HOME: join(home, 'config'), ...extra };
}

export function runBga(env: NodeJS.ProcessEnv, cwd: string, ...args: string[]): Promise<CommandResult> {
  return runProgram(process.execPath, [BGA, ...args], env, cwd);
}

export async function runProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<CommandResult> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { env, cwd, maxBuffer: 50_000_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = Object(error);
    if (typeof code !== 'number') throw error;
    return { code, stdout: String(stdout), stderr: String(stderr) };
  }
}

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'bga-product-'));
  const workspace = options.workspace ?? mkdtempSync(join(tmpdir(), 'bga-workspace-'));
  const env = cleanEnv(home, {
    ...(options.modelUrl === undefined
      ? {}
      : { ANTHROPIC_BASE_URL: options.modelUrl, ANTHROPIC_API_KEY: 'test-key' }),
    ...options.env,
  });
  const up = await runBga(env, workspace, 'up', '--json');
  if (up.code !== 0) throw new Error(`bga up failed: ${up.stderr}`);
  const openSession: Product['openSession'] = (overrides = {}) =>
    openAgents({
      config: loadConfig({ env, workspace }),
      env,
      session: newSession(newSessionId()),
      workspace,
      onProgress: () => undefined,
      ...overrides,
    });
  const agents = await openSession();
  const opened = [agents];
  return {
    home,
    workspace,
    env,
    agents,
    openSession: async (overrides) => {
      const context = await openSession(overrides);
      opened.push(context);
      return context;
    },
    bga: (...args) => runBga(env, workspace, ...args),
    workerPid: () => pidOf(home, 'worker'),
    serverPid: () => pidOf(home, 'server'),
    stop: async () => {
      await Promise.all(opened.map((context) => context.temporal.close()));
      await runBga(env, workspace, 'down');
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
      if (options.workspace === undefined) rmSync(workspace, { recursive: true, force: true });
    },
  };
}

function pidOf(home: string, part: 'worker' | 'server'): number {
  const state = readyService(home);
  const pid = part === 'worker' ? state?.workers[0]?.pid : state?.server?.pid;
  if (pid === undefined) throw new Error(`The ${part} is not up.`);
  return pid;
}
