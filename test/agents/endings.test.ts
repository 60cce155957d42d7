import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SpawnRequest } from '../../src/agents';
import { output, spawn, status, wait } from '../../src/agents';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

let models: ModelServer;
let product: Product;
/** A reply that comes only when the tests are over. */
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: 'too late' });
});

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({ modelUrl: models.url, env: { BGA_MODEL_PROBE_MS: '1000' } });
  writeFileSync(join(product.workspace, 'a.txt'), 'alpha\nbeta\n');
}, 120_000);

afterAll(async () => {
  release();
  await product?.stop();
  await models?.stop();
});

/** Spawns, waits for the ending, and tells all of it. */
async function runToEnd(request: Partial<SpawnRequest> & { task: string }) {
  const { agent_id } = await spawn(product.agents, { agent_type: 'explore', ...request });
  await wait(product.agents, { agent_ids: [agent_id], timeout_ms: 45_000 });
  const [now, said, full] = await Promise.all([
    status(product.agents, agent_id),
    output(product.agents, { agent_id }),
    output(product.agents, { agent_id, view: 'full' }),
  ]);
  return { now, said, full: full.text, agent_id };
}

describe('an agent ends', () => {
  it('completed when its model ends its own turn, with the answer as result', async () => {
    models.script('ending-answered', [
      { text: 'Looking.', tool: { name: 'read_file', input: { path: 'a.txt' } } },
      { text: 'alpha is at a.txt:1' },
    ]);
    const { now, said, full } = await runToEnd({ task: 'ending-answered' });
    expect(now).toMatchObject({
      status: 'completed',
      reason: 'answered',
      progress: { turn: 2, tool_calls: 1 },
    });
    expect(now.error).toBeUndefined();
    expect(said.text).toBe('alpha is at a.txt:1');
    expect(full).toContain('Looking.');
    expect(full).toContain('[tool] read_file a.txt → 3 lines');
    expect(now.usage).toMatchObject({ input_tokens: 200, output_tokens: 20 });
    expect(now.usage.cost_usd).toBeCloseTo((200 * 1 + 20 * 5) / 1e6, 9);
  });

  it('failed with max_turns at its limit, and keeps its text', async () => {
    models.script('ending-turns', (turn) => ({
      text: `step ${turn}`,
      tool: { name: 'search', input: { pattern: `x${turn}` } },
    }));
    const { now, said } = await runToEnd({ task: 'ending-turns', max_turns: 3 });
    expect(now).toMatchObject({ status: 'failed', reason: 'max_turns', progress: { turn: 3 } });
    expect(now.error?.message).toContain('max_turns');
    expect(said.text).toBe('step 0\nstep 1\nstep 2');
  });

  it('failed with loop when it makes the same call again and again', async () => {
    models.script('ending-loop', () => ({ tool: { name: 'read_file', input: { path: 'a.txt' } } }));
    const { now } = await runToEnd({ task: 'ending-loop' });
    expect(now).toMatchObject({ status: 'failed', reason: 'loop', progress: { tool_calls: 4 } });
    expect(now.error?.message).toContain('read_file a.txt');
  });

  it('failed with refusal when the model refuses', async () => {
    models.script('ending-refusal', [{ text: 'I cannot.', stopReason: 'refusal' }]);
    const { now, said } = await runToEnd({ task: 'ending-refusal' });
    expect(now).toMatchObject({ status: 'failed', reason: 'refusal' });
    expect(said.text).toBe('I cannot.');
  });

  it('failed with max_tokens when its answer is cut off', async () => {
    models.script('ending-tokens', [{ text: 'half of an ans', stopReason: 'max_tokens' }]);
    const { now, said } = await runToEnd({ task: 'ending-tokens' });
    expect(now).toMatchObject({ status: 'failed', reason: 'max_tokens' });
    expect(said.text).toBe('half of an ans');
  });

  it('failed with timeout, and the running call is aborted', async () => {
    models.script('ending-timeout', () => held);
    const { now } = await runToEnd({ task: 'ending-timeout', timeout_ms: 1_500 });
    expect(now).toMatchObject({ status: 'failed', reason: 'timeout' });
    expect(now.duration_ms).toBeLessThan(15_000);
  });

  it('failed with budget before the next spend', async () => {
    models.script('ending-budget', (turn) => ({
      inputTokens: 1_000_000,
      tool: { name: 'search', input: { pattern: `y${turn}` } },
    }));
    const { now } = await runToEnd({ task: 'ending-budget', max_cost_usd: 1.5 });
    expect(now).toMatchObject({ status: 'failed', reason: 'budget', progress: { turn: 2 } });
    expect(models.requests('ending-budget')).toHaveLength(2);
  });

  it('failed with budget at once when its first call could cost more than it may', async () => {
    models.script('ending-poor', [{ text: 'never' }]);
    const { now } = await runToEnd({ task: 'ending-poor', max_cost_usd: 0.0001 });
    expect(now).toMatchObject({ status: 'failed', reason: 'budget', progress: { turn: 0 } });
    expect(now.error?.message).toMatch(
      /^Stopped before a call that could cost \$0\.0\d+ \(about \d+ tokens in, 1024 out\): \$0\.0001 is left of \$0\.0001\. Raise max_cost_usd/,
    );
    expect(models.requests('ending-poor')).toHaveLength(0);
  });

  it('failed with budget when its answer is cut off at what was left for it', async () => {
    models.script('ending-last-cents', [{ text: 'half of an ans', stopReason: 'max_tokens' }]);
    const { now, said } = await runToEnd({ task: 'ending-last-cents', max_cost_usd: 0.02 });
    expect(now).toMatchObject({ status: 'failed', reason: 'budget' });
    expect(now.error?.message).toMatch(/cut off at \d+ output tokens.*Raise max_cost_usd/);
    expect(said.text).toBe('half of an ans');
    const request = models.journal().find(({ body }) => JSON.stringify(body).includes('ending-last-cents'));
    const allowed = Number(Object(request?.body).max_tokens);
    expect(allowed).toBeGreaterThanOrEqual(1_024);
    // All of them and the input together stay below what it may cost, at $5 for a million.
    expect((allowed * 5) / 1e6).toBeLessThan(0.02);
  });

  it('failed with budget when its tokens are used up, whatever they cost', async () => {
    models.script('ending-total', (turn) => ({
      inputTokens: 20_000,
      tool: { name: 'search', input: { pattern: `z${turn}` } },
    }));
    const { config } = product.agents;
    const frugal = await product.openSession({ config: { ...config, limits: { maxTotalTokens: 22_000 } } });
    const { agent_id } = await spawn(frugal, { task: 'ending-total', agent_type: 'explore' });
    await wait(frugal, { agent_ids: [agent_id], timeout_ms: 45_000 });
    const now = await status(frugal, agent_id);
    expect(now).toMatchObject({ status: 'failed', reason: 'budget', progress: { turn: 1 } });
    expect(now.error?.message).toMatch(/1990 are left of 22000\. Raise limits\.maxTotalTokens/);
    expect(models.requests('ending-total')).toHaveLength(1);
  });

  it('not at all when a limit on its cost could not hold, because the price of its model is not known', async () => {
    const request = { task: 'ending-unpriced', model: 'claude-unheard-of-9', max_cost_usd: 1 };
    await expect(spawn(product.agents, request)).rejects.toThrow(
      /price of claude-unheard-of-9 is not known.*"prices"/,
    );
  });

  it('failed with model_error when the API refuses the request', async () => {
    models.fail({ marker: 'ending-invalid', status: 400, type: 'invalid_request_error', message: 'bad' });
    models.script('ending-invalid', [{ text: 'never' }]);
    const { now } = await runToEnd({ task: 'ending-invalid' });
    expect(now).toMatchObject({ status: 'failed', reason: 'model_error' });
  });

  it('failed with model_error after two empty answers', async () => {
    models.script('ending-empty', () => ({ text: '' }));
    const { now } = await runToEnd({ task: 'ending-empty' });
    expect(now).toMatchObject({ status: 'failed', reason: 'model_error', progress: { turn: 2 } });
  });
});

describe('an agent goes on', () => {
  it('after an unknown tool, bad arguments and a repeated call id, each answered to the model', async () => {
    models.script('goes-on', [
      { tools: [{ name: 'no_such_tool', input: {} }] },
      { tools: [{ name: 'read_file', input: { wrong: 1 } }] },
      { tools: [{ name: 'read_file', input: { path: 'a.txt' }, id: 'same' }] },
      { tools: [{ name: 'read_file', input: { path: 'none.txt' }, id: 'same' }] },
      { text: 'done' },
    ]);
    const { now, full } = await runToEnd({ task: 'goes-on' });
    expect(now).toMatchObject({ status: 'completed', progress: { tool_calls: 4 } });
    expect(full).toContain('There is no tool');
    expect(full).toContain('Bad arguments for read_file');
  });

  it('after 429 with retry-after, 529 and a dropped stream, counting each turn once', async () => {
    models.script('faults', [{ tool: { name: 'read_file', input: { path: 'a.txt' } } }, { text: 'through' }]);
    models.fail({ marker: 'faults', turn: 0, status: 429, retryAfterS: 1 });
    models.fail({ marker: 'faults', turn: 1, status: 529, type: 'overloaded_error' });
    models.fail({ marker: 'faults', turn: 1, dropAfterEvents: 3 });
    const { now, said } = await runToEnd({ task: 'faults' });
    expect(now).toMatchObject({ status: 'completed', progress: { turn: 2 }, usage: { input_tokens: 200 } });
    expect(said.text).toBe('through');
    expect(models.requests('faults').map(({ played }) => played)).toEqual([
      'error',
      'reply',
      'error',
      'dropped',
      'reply',
    ]);
  });

  it('waits while the key is rejected, says what to do, and goes on once it works', async () => {
    models.fail({
      marker: 'rejected',
      status: 401,
      type: 'authentication_error',
      message: 'invalid x-api-key',
      times: 2,
    });
    models.script('rejected', [{ text: 'let in' }]);
    const { agent_id } = await spawn(product.agents, { task: 'rejected', agent_type: 'explore' });
    const seen = await until(async () => {
      const now = await status(product.agents, agent_id);
      return now.status === 'waiting' ? now : undefined;
    });
    const done = await until(async () => {
      const now = await status(product.agents, agent_id);
      return now.status === 'completed' ? now : undefined;
    }, 60_000);
    expect(seen.question?.text).toContain('set-key');
    expect(done.reason).toBe('answered');
  }, 90_000);
});
