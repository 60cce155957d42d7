import { list, spawn } from '../../src/agents';
import { waitForTurn } from '../../src/agents/spawnRate';
import { type Product, runBga, startProduct } from '../support/product';

const NOW_MS = 1_000_000;

describe('the turn of a spawn', () => {
  it('is now while there are fewer in the last minute', () => {
    expect(waitForTurn([], 1, NOW_MS)).toBeUndefined();
    expect(waitForTurn([NOW_MS - 60_000, NOW_MS - 1], 2, NOW_MS)).toBeUndefined();
  });

  it('comes when enough of those before it are a minute old', () => {
    expect(waitForTurn([NOW_MS - 10_000], 1, NOW_MS)).toBe(50_000);
    expect(waitForTurn([NOW_MS - 5, NOW_MS - 50_000, NOW_MS - 20_000], 2, NOW_MS)).toBe(40_000);
  });
});

describe('a limit on spawns', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct();
  }, 120_000);
  afterAll(() => product?.stop());

  it('refuses what is more, of calls at the same time too, and says how to go on', async () => {
    const { config } = product.agents;
    const session = await product.openSession({
      config: { ...config, sessionLimits: { maxSpawnsPerMinute: 3 } },
    });
    const request = { task: 'where is it?', agent_type: 'explore' };
    const spawns = await Promise.allSettled(Array.from({ length: 5 }, () => spawn(session, request)));
    expect(spawns.map(({ status }) => status).sort()).toEqual([
      ...['fulfilled', 'fulfilled', 'fulfilled'],
      ...['rejected', 'rejected'],
    ]);
    await expect(spawn(session, { ...request, idempotency_key: 'k' })).rejects.toThrow(
      /^This session may start 3 agents a minute \(maxSpawnsPerMinute\)\. Try again in \d+ s, or raise sessionLimits\.maxSpawnsPerMinute in .*config\.json or with BGA_MAX_SPAWNS_PER_MINUTE\.$/,
    );
    // Nothing of the refused ones is left, and another session is not concerned.
    expect((await list(session, { scope: 'session' })).agents).toHaveLength(3);
    await spawn(await product.openSession(), request);
  });

  it('holds over the commands of one user, each of which is a process of its own', async () => {
    const env = { ...product.env, BGA_MAX_SPAWNS_PER_MINUTE: '1' };
    const bga = () => runBga(env, product.workspace, 'spawn', 'where is it?');
    expect((await bga()).code).toBe(0);
    const refused = await bga();
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('This session may start 1 agent a minute (maxSpawnsPerMinute)');
  });
});
