/** The product as its user has it, in a home of its own: its supervisor keeps the server and the worker that are struck. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from '../../bench/cleanup';
import { loadConfig } from '../../src/config';
import { ensureService, readyService } from '../../src/local';
import { localOptions } from '../../src/localOptions';
import { cleanEnv, type Product, runBga, startProduct } from '../../test/support/product';
import type { ChaosOptions } from '../options';
import { makeWorkspace } from '../plan/workspace';

/** Fewer calls at once than agents are open: some then always wait in a queue, and a new worker has work from its first moment. */
function settingsFor(agents: number): Record<string, string> {
  const share = (part: number) => String(Math.ceil(part * Math.min(40, Math.max(4, agents / 12))));
  return {
    BGA_CONCURRENCY_HAIKU: share(1),
    BGA_CONCURRENCY_SONNET: share(0.5),
    BGA_CONCURRENCY_OPUS: share(0.25),
    BGA_CONCURRENCY_WORKSPACE: share(1),
    // A reply that stalls is given up after this; the longest planned pause is under a second.
    BGA_MODEL_IDLE_TIMEOUT_MS: '6000',
  };
}

export async function startService(
  modelUrl: string,
  { agents, sabotage }: Pick<ChaosOptions, 'agents' | 'sabotage'>,
  cleanup: Cleanup,
): Promise<Product> {
  const home = mkdtempSync(join(tmpdir(), 'bga-chaos-'));
  cleanup.add(() => rmSync(home, { recursive: true, force: true }));
  const workspace = join(home, 'workspace');
  mkdirSync(workspace);
  makeWorkspace(workspace);
  const env = { ...settingsFor(agents), ANTHROPIC_BASE_URL: modelUrl, ANTHROPIC_API_KEY: 'test-key' };
  // Before it is up: the run may be interrupted while it starts.
  cleanup.add(() => runBga(cleanEnv(home, env), workspace, 'down'));
  if (sabotage === 'recording') await startWithDoublingWorker(cleanEnv(home, env), workspace);
  return startProduct({ home, workspace, env });
}

async function startWithDoublingWorker(env: NodeJS.ProcessEnv, workspace: string): Promise<void> {
  const options = localOptions(loadConfig({ env, workspace }), env);
  const workerCommand = [process.execPath, join(__dirname, '..', 'sabotage', 'workerMain.js')];
  await ensureService({ ...options, workerCommand }, () => undefined);
}

/** The process that serves now; undefined while there is none. */
export function pidOf(home: string, part: 'worker' | 'server'): number | undefined {
  const state = readyService(home);
  return part === 'worker' ? state?.workers[0]?.pid : state?.server?.pid;
}
