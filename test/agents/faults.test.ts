/** What becomes of agents whose model is not available: seen from outside, against the whole product. */
import { costUsd, priceFor } from '../../activities/model/pricing';
import { kill, output, spawn, status, wait } from '../../src/agents';
import { NO_USAGE } from '../../workflows/usage';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

const STORM = 30;
/** So long that whatever goes on within a test was woken, and did not just try again by itself. */
const NEVER_MS = 3_600_000;

let models: ModelServer;
let product: Product;

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({
    modelUrl: models.url,
    env: {
      BGA_MODEL_PROBE_MS: String(NEVER_MS),
      BGA_FALLBACK_TO: 'opus=sonnet,sonnet=haiku',
      BGA_FALLBACK_AFTER_MS: '2000',
      BGA_CONCURRENCY_HAIKU: String(STORM),
    },
  });
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

async function started(task: string, model = 'haiku'): Promise<string> {
  return (await spawn(product.agents, { task, agent_type: 'explore', model })).agent_id;
}

const ended = (agent_ids: string[]) =>
  until(async () => !(await wait(product.agents, { agent_ids, timeout_ms: 20_000 })).timed_out, 120_000);

async function untilStatus(agentId: string, sign: (now: Awaited<ReturnType<typeof status>>) => boolean) {
  return until(async () => {
    const now = await status(product.agents, agentId);
    return sign(now) ? now : undefined;
  }, 60_000);
}

/** What Temporal's Web UI shows beside the workflow. */
async function webUi(agentId: string) {
  const handle = product.agents.temporal.client.workflow.getHandle(agentId);
  const { raw } = await handle.describe();
  const metadata: unknown = await handle.query('__temporal_workflow_metadata');
  return { pending: raw.pendingActivities?.[0], details: JSON.stringify(metadata) };
}

it('rests for as long as a rate limit asks, up to a cap that it names, and tries at once when it is resumed', async () => {
  models.script('rate-limited', [{ text: 'through' }]);
  models.fail({ marker: 'rate-limited', status: 429, message: 'slow down', retryAfterS: 600 });
  const agentId = await started('rate-limited');
  const says =
    /rate limited \(429: slow down\), asked for 600 s, capped at 300 s, next try at \d\d:\d\d:\d\d UTC, in [23]\d\d s/;
  const now = await untilStatus(agentId, ({ progress }) => says.test(progress.activity));
  expect(now.status).toBe('running');
  const told: string[] = [];
  const onProgress = (seen: readonly { activity: string }[]) => told.push(...seen.map((one) => one.activity));
  await wait(product.agents, { agent_ids: [agentId], timeout_ms: 0 }, { onProgress });
  expect(told.join()).toMatch(says);
  expect((await product.bga('status', agentId)).stdout).toMatch(says);
  expect((await webUi(agentId)).pending?.lastFailure?.message).toContain('asked for 600 s, capped at 300 s');

  const resumed = await product.bga('resume', agentId, '--json');
  expect(JSON.parse(resumed.stdout).agents).toMatchObject([{ agent_id: agentId, resumed: true }]);
  await ended([agentId]);
  expect(await status(product.agents, agentId)).toMatchObject({ status: 'completed', progress: { turn: 1 } });
  expect(models.requests('rate-limited')).toHaveLength(2);
}, 90_000);

it('waits for a key, says so everywhere, and goes on when all are resumed', async () => {
  models.script('wrong-key', [{ text: 'let in' }]);
  models.fail({ marker: 'wrong-key', status: 401, type: 'authentication_error', message: 'no such key' });
  const agentId = await started('wrong-key');
  const now = await untilStatus(agentId, (each) => each.status === 'waiting');
  expect(now.question?.text).toMatch(/rejected \(401: no such key\).*set-key.*bga resume/);
  const { details } = await webUi(agentId);
  expect(details).toContain('**waiting**');
  expect(details).toContain('bga config set-key');

  const { stdout, stderr, code } = await product.bga('resume', '--all');
  expect({ code, stdout, stderr }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${agentId}  resumed`),
    stderr: expect.stringContaining('1 resumed'),
  });
  await ended([agentId]);
  expect((await output(product.agents, { agent_id: agentId })).text).toBe('let in');
}, 90_000);

it('waits again, and can be resumed again, when the key is still wrong', async () => {
  models.script('still-wrong', [{ text: 'let in at last' }]);
  models.fail({ marker: 'still-wrong', status: 401, type: 'authentication_error', times: 2 });
  const agentId = await started('still-wrong');
  for (const asked of [1, 2]) {
    await until(() => models.requests('still-wrong').length === asked);
    await untilStatus(agentId, (each) => each.status === 'waiting');
    const { code, stdout } = await product.bga('resume', agentId);
    expect(code).toBe(0);
    expect(stdout).toMatch(/asks its model again now.*bga status .* tells\. Before: .*rejected \(401/);
  }
  await ended([agentId]);
  expect(models.requests('still-wrong')).toHaveLength(3);
}, 90_000);

it('keeps a resume for the worker that comes next, and says that none answers', async () => {
  models.script('nobody-there', [{ text: 'let in' }]);
  models.fail({ marker: 'nobody-there', status: 401, type: 'authentication_error' });
  const agentId = await started('nobody-there');
  await untilStatus(agentId, (each) => each.status === 'waiting');
  const worker = product.workerPid();
  process.kill(worker, 'SIGSTOP');
  const { code, stdout } = await product
    .bga('resume', agentId, '--json')
    .finally(() => process.kill(worker, 'SIGCONT'));
  expect(code).toBe(0);
  expect(JSON.parse(stdout).agents).toMatchObject([
    {
      status: 'waiting',
      resumed: true,
      message: expect.stringMatching(/as soon as a worker answers.*bga up/),
    },
  ]);
  await ended([agentId]);
  expect((await output(product.agents, { agent_id: agentId })).text).toBe('let in');
}, 90_000);

it('says of each agent that cannot be resumed why not', async () => {
  models.script('soon-over', [{ text: 'done' }]);
  models.script('refuses', [{ text: 'no', stopReason: 'refusal' }]);
  models.script('soon-enough', [{ text: 'late', latencyMs: 60_000 }]);
  const [over, refused] = [await started('soon-over'), await started('refuses')];
  await ended([over, refused]);
  const completed = await product.bga('resume', over);
  expect(completed).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('has ended as completed (answered)'),
  });
  expect(await product.bga('resume', over, refused)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('has ended as failed (refusal)'),
  });
  const held = await started('soon-enough');
  await until(() => models.requests('soon-enough').length > 0);
  expect(await product.bga('resume', held)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/unchanged {2}It does not wait for anything that this could shorten: /),
    stderr: expect.stringContaining('0 resumed; 1 left as it is'),
  });
  await kill(product.agents, held);
  const killed = await product.bga('resume', '--json', over, held);
  expect(killed.code).toBe(1);
  expect(JSON.parse(killed.stdout).agents).toMatchObject([
    { agent_id: over, status: 'completed', reason: 'answered', resumed: false },
    { agent_id: held, status: 'killed', reason: 'killed', resumed: false },
  ]);
  for (const json of [[], ['--json']])
    expect(await product.bga('resume', 'explore-000000000000', ...json)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('No agent "explore-000000000000"'),
    });
  expect(await product.bga('resume')).toMatchObject({ code: 2, stderr: expect.stringContaining('--all') });
}, 90_000);

it('loses none of thirty agents in a storm of 529 and resets, and counts no turn twice', async () => {
  models.script('storm', (turn) =>
    turn === 0 ? { text: 'step', tool: { name: 'list_files', input: {} } } : { text: 'done' },
  );
  models.fail({ marker: 'storm', status: 529, type: 'overloaded_error', times: STORM * 2 });
  models.fail({ marker: 'storm', dropAfterEvents: 2, times: STORM });
  const ids = await Promise.all(Array.from({ length: STORM }, (_, index) => started(`storm ${index}`)));
  await ended(ids);
  const all = await Promise.all(ids.map((id) => output(product.agents, { agent_id: id, view: 'full' })));
  for (const { status: how, text } of all) {
    expect(how).toBe('completed');
    expect(text.split('\n').filter((line) => !line.startsWith('[tool]'))).toEqual(['step', 'done']);
  }
}, 180_000);

describe('a fallback', () => {
  const answer = { text: 'Second best.' };

  it('goes on with the next tier and the same conversation, and says so', async () => {
    const look = { text: 'Looking.', tool: { name: 'list_files', input: {} } };
    models.script('falls', (turn) => (turn === 0 ? look : answer));
    models.fail({ marker: 'falls', turn: 1, status: 529, type: 'overloaded_error', times: 3 });
    const agentId = await started('falls', 'opus');
    await ended([agentId]);
    const asked = models.requests('falls').filter(({ played }) => played === 'reply');
    const [opus, sonnet] = [product.agents.config.models.opus, product.agents.config.models.sonnet];
    expect(asked.map(({ turn, model }) => [turn, model])).toEqual([
      [0, opus],
      [1, sonnet],
    ]);
    const now = await status(product.agents, agentId);
    expect(now).toMatchObject({ status: 'completed', tier: 'sonnet', model: sonnet });
    const { text } = await output(product.agents, { agent_id: agentId, view: 'full' });
    expect(text).toMatch(
      /^Looking\.\n\[tool\] .*\n\[note\] opus .* not available for 2 s: goes on with sonnet .*\nSecond best\.$/,
    );
    const listed = JSON.parse((await product.bga('list', '--json')).stdout).agents;
    expect(listed.find((each: { agent_id: string }) => each.agent_id === agentId).tier).toBe('sonnet');
    // 100 tokens in and 10 out, once at the price of each.
    const priceOf = (model: string) => {
      const price = priceFor(model, product.agents.config.prices);
      return price ? costUsd({ ...NO_USAGE, inputTokens: 100, outputTokens: 10 }, price) : Number.NaN;
    };
    expect(now.usage.cost_usd).toBeCloseTo(priceOf(opus) + priceOf(sonnet), 9);
  }, 90_000);

  it('also ends a wait for a person, and leads on from tier to tier', async () => {
    models.script('falls-far', [answer]);
    models.fail({ marker: 'falls-far', status: 403, type: 'permission_error', times: 4 });
    const agentId = await started('falls-far', 'opus');
    await ended([agentId]);
    expect(await status(product.agents, agentId)).toMatchObject({ status: 'completed', tier: 'haiku' });
    const { text } = await output(product.agents, { agent_id: agentId, view: 'full' });
    expect(text.match(/\[note\]/g)).toHaveLength(2);
  }, 90_000);

  it('is that of the type where the type has one', async () => {
    models.script('falls-by-type', [answer]);
    models.fail({ marker: 'falls-by-type', status: 529, type: 'overloaded_error', times: 3 });
    const { agents } = product;
    const byType = { explore: { fallback: { to: { opus: 'haiku' } } } } as const;
    const { agent_id: agentId } = await spawn(
      { ...agents, config: { ...agents.config, agentTypes: byType } },
      { task: 'falls-by-type', agent_type: 'explore', model: 'opus' },
    );
    await ended([agentId]);
    expect(await status(agents, agentId)).toMatchObject({ status: 'completed', tier: 'haiku' });
    const { text } = await output(agents, { agent_id: agentId, view: 'full' });
    expect(text).toMatch(/^\[note\] opus .* not available for 2 s: goes on with haiku .*\nSecond best\.$/);
  }, 90_000);

  it('takes no model away that was asked for by its full name', async () => {
    models.script('exactly', [answer]);
    models.fail({ marker: 'exactly', status: 529, type: 'overloaded_error', times: 3 });
    const { opus } = product.agents.config.models;
    const agentId = await started('exactly', opus);
    await ended([agentId]);
    expect(await status(product.agents, agentId)).toMatchObject({ status: 'completed', model: opus });
    expect(models.requests('exactly')).toHaveLength(4);
  }, 90_000);
});
