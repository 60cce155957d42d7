/** `bga worker` told to end while its agents are at work, with another worker beside it. */
import { rmSync } from 'node:fs';
import { output, resume, spawn, status, wait } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { loadConfig } from '../../src/config';
import { readyService } from '../../src/local';
import { prepareNamespace } from '../../src/local/namespace';
import { searchAttributes } from '../../src/localOptions';
import { endAll, type RunningBga, startBga } from '../cli/process';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';
import { freeFolder, hangingWorkspace } from './swarm';

/** A namespace that the local service's own worker does not serve. */
const NAMESPACE = 'shutdown';
const workspace = hangingWorkspace();

let models: ModelServer;
let product: Product;
let agents: AgentsContext;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({ modelUrl: models.url, workspace });
  const address = readyService(product.home)?.address;
  if (address === undefined) throw new Error('The local service has no address.');
  const spec = { namespace: NAMESPACE, retentionDays: 1, searchAttributes: searchAttributes() };
  await prepareNamespace(address, spec, AbortSignal.timeout(60_000));
  env = {
    ...product.env,
    TEMPORAL_ADDRESS: address,
    BGA_NAMESPACE: NAMESPACE,
    BGA_MODEL_PROBE_MS: '3600000',
    BGA_SHUTDOWN_GRACE_MS: '4000',
  };
  agents = await product.openSession({ config: loadConfig({ env, workspace }), env });
}, 180_000);

afterAll(async () => {
  endAll();
  await product?.stop();
  await models?.stop();
  rmSync(workspace, { recursive: true, force: true });
});

async function startWorker(extra: Record<string, string> = {}): Promise<RunningBga> {
  const worker = startBga({ env: { ...env, ...extra }, workspace }, 'worker');
  await worker.shows('is ready');
  return worker;
}

async function started(task: string): Promise<string> {
  return (await spawn(agents, { task, agent_type: 'explore', timeout_ms: 300_000 })).agent_id;
}

async function pendingOf(agentId: string) {
  const { raw } = await agents.temporal.client.workflow.getHandle(agentId).describe();
  return raw.pendingActivities?.[0];
}

/** A search that has just been started has not come to the folder yet. */
function isFreed(folder: string): boolean {
  try {
    freeFolder(folder);
    return true;
  } catch {
    return false;
  }
}

it('lets end what ends within its grace, and hands the rest to another worker at once', async () => {
  const words = 'one two three four five six seven eight';
  models.script('ends', [{ text: 'within the grace', latencyMs: 2_000 }]);
  models.script('streams', [{ text: words }], { chunkChars: 2, chunkDelayMs: 500 });
  models.script('searches', [
    { text: 'searching', tool: { name: 'search', input: { pattern: 'zebra', path: 'hang' } } },
    { text: 'found' },
  ]);
  models.script('waits', [{ text: 'let in' }]);
  models.fail({ marker: 'waits', status: 401, type: 'authentication_error' });
  const first = await startWorker();
  const streams = await started('streams');
  const searches = await started('searches');
  const waits = await started('waits');
  await until(async () => (await status(agents, waits)).status === 'waiting');
  await until(async () => (await status(agents, searches)).progress.activity.startsWith('search'));
  await until(async () => (await status(agents, streams)).progress.activity.startsWith('writing'), 60_000);
  const ends = await started('ends');
  await until(() => models.requests('ends').length === 1);

  const second = await startWorker();
  first.child.kill('SIGTERM');
  expect(await first.ended).toMatchObject({ code: 0, stderr: expect.stringContaining('has ended') });
  for (const agentId of [streams, searches, waits]) {
    // Started again already, by a worker that was told, not by a heartbeat that was missed.
    const pending = await until(async () => {
      const now = await pendingOf(agentId);
      return now?.attempt === 2 && now.lastWorkerIdentity?.startsWith(`${second.child.pid}@`)
        ? now
        : undefined;
    });
    expect(pending.lastFailure?.message).toContain('shutting down');
  }
  await until(() => isFreed(workspace));
  await resume(agents, [waits]);
  const ids = [ends, streams, searches, waits];
  await until(async () => !(await wait(agents, { agent_ids: ids, timeout_ms: 30_000 })).timed_out, 120_000);
  const texts = await Promise.all(ids.map(async (agent_id) => (await output(agents, { agent_id })).text));
  expect(texts).toEqual(['within the grace', words, 'found', 'let in']);
  // Asked again was only what was in flight and did not end.
  const asked = (marker: string) => models.requests(marker).filter(({ turn }) => turn === 0).length;
  expect([asked('ends'), asked('streams'), asked('searches'), asked('waits')]).toEqual([1, 2, 1, 2]);
  second.child.kill('SIGINT');
  expect((await second.ended).code).toBe(0);
}, 240_000);

it('ends at once when it is told twice', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<{ text: string }>((resolve) => {
    release = () => resolve({ text: 'late' });
  });
  models.script('held', () => held);
  const worker = await startWorker({ BGA_SHUTDOWN_GRACE_MS: '600000' });
  await started('held');
  await until(() => models.requests('held').length === 1);
  worker.child.kill('SIGTERM');
  await worker.shows('Again to end at once');
  worker.child.kill('SIGTERM');
  expect((await worker.ended).code).toBe(143);
  release();
}, 120_000);
