/** What the protocol's own public suite says of this server, over HTTP. */
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '../../src/config';
import { type HttpService, startMcpHttp } from '../../src/mcp/http/serve';
import { readTokens } from '../../src/mcp/http/tokens';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct } from '../support/product';
import { EXPECTED_FAILURES } from './expectedFailures';
import { createFixtureServer } from './fixtures';
import { FAILING, SLOW } from './fixtures/tasks';
import { type Check, installedSuites, judge, type Suites } from './suite';
import { type Front, withToken } from './withToken';

let suites: Suites;
let models: ModelServer;
let product: Product;
let service: HttpService;
let front: Front;

beforeAll(async () => {
  suites = await installedSuites();
  models = await startModelServer();
  models.script('', (_, { messages }) => ({ text: `Done: ${JSON.stringify(messages)}` }));
  models.script(FAILING, [{ text: 'I would rather not.', stopReason: 'refusal' }]);
  models.script(SLOW, async (_, { messages }) => {
    const [, seconds = '0'] = /for (\d+) s/.exec(JSON.stringify(messages)) ?? [];
    await delay(Number(seconds) * 1_000, undefined, { ref: false });
    return { text: 'computed' };
  });
  product = await startProduct({ modelUrl: models.url, env: { BGA_HTTP_REQUESTS_PER_MINUTE: '100000' } });
  const { env, workspace, home } = product;
  const config = loadConfig({ env, workspace });
  service = await startMcpHttp({
    config,
    env,
    workspace,
    log: () => undefined,
    createServer: createFixtureServer,
  });
  front = await withToken(service.url, readTokens(home, env).default ?? '');
}, 600_000);

afterAll(async () => {
  await front?.close();
  await service?.drain();
  await product?.stop();
  await models?.stop();
});

describe.each([
  { revision: '2025-06-18', suite: 'conformance-2025', args: ['--spec-version', '2025-06-18'], least: 26 },
  { revision: '2025-11-25', suite: 'conformance-2025', args: ['--spec-version', '2025-11-25'], least: 30 },
  { revision: '2026-07-28', suite: 'conformance-2026', args: ['--requirements', '2026-07-28'], least: 40 },
])('revision $revision', ({ revision, suite, args, least }) => {
  it('is met, but for what is expected and explained', async () => {
    const checks = await judge(suites, suite, ['--url', front.url, ...args]);
    expect(new Set(checks.map(({ scenario }) => scenario)).size).toBeGreaterThanOrEqual(least);
    const failed = checks.filter(({ isMet }) => !isMet);
    const expected = EXPECTED_FAILURES.filter((each) => each.revision === revision);
    const fits = (check: Check) => (each: (typeof expected)[number]) =>
      each.scenario.test(check.scenario) && each.checks.test(check.id);
    expect(failed.filter((check) => !expected.some(fits(check)))).toEqual([]);
    // An expectation that nothing fits any more is as wrong.
    expect(expected.filter((each) => !failed.some((check) => fits(check)(each)))).toEqual([]);
  }, 300_000);
});
