/** What the protocol's own public suite says of this server, over HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config';
import { type HttpService, startMcpHttp } from '../../src/mcp/http/serve';
import { readTokens } from '../../src/mcp/http/tokens';
import { cleanEnv } from '../support/product';
import { EXPECTED_FAILURES } from './expectedFailures';
import { createFixtureServer } from './fixtures';
import { type Check, installedSuites, judge, type Suites } from './suite';
import { type Front, withToken } from './withToken';

let suites: Suites;
let home: string;
let service: HttpService;
let front: Front;

beforeAll(async () => {
  suites = await installedSuites();
  home = mkdtempSync(join(tmpdir(), 'bga-conformance-home-'));
  const env = cleanEnv(home, { BGA_HTTP_REQUESTS_PER_MINUTE: '100000' });
  const config = loadConfig({ env, workspace: home });
  service = await startMcpHttp({ config, env, workspace: home, createServer: createFixtureServer });
  front = await withToken(service.url, readTokens(home, env).default ?? '');
}, 600_000);

afterAll(async () => {
  await front?.close();
  await service?.drain();
  rmSync(home, { recursive: true, force: true });
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
