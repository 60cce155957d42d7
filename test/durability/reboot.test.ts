/** What a machine leaves behind that lost its power, and what the first command after it makes of that. */
import fs from 'node:fs';
import type { Server } from 'node:net';
import path from 'node:path';
import { spawn, status } from '../../src/agents';
import { readyService } from '../../src/local';
import { isAlive, type ProcessRef } from '../../src/local/process';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';
import { takePort } from '../support/takePort';

const TURNS = 4;
let models: ModelServer;
let product: Product;
let release: () => void = () => undefined;
const held = new Promise<void>((resolve) => {
  release = resolve;
});
const takers: Server[] = [];

beforeAll(async () => {
  models = await startModelServer();
  models.script('long', async (turn) => {
    if (turn === 2) await held;
    return turn === TURNS
      ? { text: 'found it' }
      : { text: `turn ${turn}`, tool: { name: 'list_files', input: { depth: turn + 1 } } };
  });
  product = await startProduct({ modelUrl: models.url });
}, 120_000);

afterAll(async () => {
  for (const taker of takers) taker.close();
  await product?.stop();
  await models?.stop();
});

async function take(where: string): Promise<void> {
  takers.push(await takePort(Number(/\d+$/.exec(where)?.[0])));
}

/** Claims are named after process and start; a start in another boot is another start. */
function asOfAnotherBoot(lockDir: string): void {
  for (const name of fs.readdirSync(lockDir)) {
    const renamed = name.replace(/@[^@]+@/, '@01234567.4711@');
    fs.renameSync(path.join(lockDir, name), path.join(lockDir, renamed));
  }
}

it('agents that ran when the power went go on with the first command after it', async () => {
  const { agent_id } = await spawn(product.agents, { task: 'long', agent_type: 'explore', max_turns: 9 });
  await until(() => models.requests('long').some(({ turn }) => turn === 2));
  const state = readyService(product.home);
  if (!state?.server) throw new Error('The service is not up.');
  const parts: ProcessRef[] = [state.supervisor, state.server, ...state.workers];
  for (const { pid } of parts) process.kill(pid, 'SIGKILL');
  await until(() => !parts.some(isAlive));
  const stateFile = path.join(product.home, 'service.json');
  fs.truncateSync(stateFile, fs.statSync(stateFile).size / 16);
  asOfAnotherBoot(path.join(product.home, 'service.lock'));
  expect(fs.statSync(path.join(product.home, 'temporal.db-wal')).size).toBeGreaterThan(0);
  await Promise.all([take(state.address), take(state.uiUrl)]);
  release();

  const up = await product.bga('up');
  expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining('is taken by another program') });
  const agents = await product.openSession();
  expect(agents.temporal.target.address).not.toBe(state.address);
  await until(async () => (await status(agents, agent_id)).reason === 'answered', 60_000);
  expect((await product.bga('doctor')).code).toBe(0);
}, 180_000);
