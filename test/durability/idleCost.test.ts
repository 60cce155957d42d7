/** What the whole local service takes when it has nothing to do. CPU time, not time: a busy machine does not matter. */
import fs from 'node:fs';
import { spawn, status } from '../../src/agents';
import { readyService } from '../../src/local';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

const AGENTS = 10;
const WINDOW_MS = 5_000;
/** Hundredths of a second, on every Linux. */
const TICKS_PER_S = 100;
const MOST_PERCENT = 2;
const MOST_MB = 500;

let models: ModelServer;
let product: Product;

beforeAll(async () => {
  models = await startModelServer();
  models.script('', (turn) =>
    turn === 3
      ? { text: 'done' }
      : { text: `${turn}`, tool: { name: 'list_files', input: { depth: turn + 1 } } },
  );
  product = await startProduct({ modelUrl: models.url });
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

function pids(): number[] {
  const state = readyService(product.home);
  if (!state?.server) throw new Error('The service is not up.');
  return [state.supervisor, state.server, ...state.workers].map(({ pid }) => pid);
}

function cpuTicks(pid: number): number {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Shared pages are divided among those that share them. */
function megabytes(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1];
  return Number(kilobytes) / 1024;
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

(process.platform === 'linux' ? it : it.skip)(
  'the service at rest takes less than 2 % of a core and less than 500 MB',
  async () => {
    const agents = await Promise.all(
      Array.from({ length: AGENTS }, (_, n) =>
        spawn(product.agents, { task: `look ${n}`, agent_type: 'explore' }),
      ),
    );
    for (const { agent_id } of agents) {
      await until(async () => (await status(product.agents, agent_id)).finished_at !== undefined);
    }
    // The first seconds still have to do with the agents.
    let percent = 100;
    await until(async () => {
      const before = sum(pids().map(cpuTicks));
      await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
      const ticks = sum(pids().map(cpuTicks)) - before;
      percent = (ticks / TICKS_PER_S / (WINDOW_MS / 1000)) * 100;
      return percent < MOST_PERCENT;
    }, 90_000).catch(() => undefined);
    expect(percent).toBeLessThan(MOST_PERCENT);
    expect(sum(pids().map(megabytes))).toBeLessThan(MOST_MB);
  },
  180_000,
);
