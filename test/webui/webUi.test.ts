/**
 * Temporal's own Web UI in a real browser: what can be read there of an agent that has finished, one that runs, and one that
 * was killed. With SCREENSHOTS=docs/images the pages are written there, as the README shows them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import { kill, spawn, wait } from '../../src/agents';
import { readyService } from '../../src/local';
import { type RunningBga, startBga } from '../cli/process';
import { type ModelServer, type Step, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';
import { openBrowser } from './browser';

const PATIENCE_MS = 60_000;

let models: ModelServer;
let product: Product;
let browser: Browser;
let page: Page;
let release: () => void = () => undefined;
const held = new Promise<Step>((resolve) => {
  release = () => resolve({ text: 'let go' });
});
const ids: Record<string, string> = {};

beforeAll(async () => {
  models = await startModelServer();
  const looks: Step = {
    text: 'I look where the word is, and read what is there.',
    tools: [
      { name: 'search', input: { pattern: 'cancel' } },
      { name: 'read_file', input: { path: 'src/cancel.ts' } },
    ],
    inputTokens: 4_321,
    outputTokens: 87,
  };
  const answers: Step = {
    text: 'In src/cancel.ts:2, the call is aborted.',
    inputTokens: 5_000,
    outputTokens: 13,
  };
  models.script('handled', [looks, answers]);
  models.script('audit', (turn) => (turn === 0 ? looks : held));
  models.script('review', (turn) => (turn === 0 ? looks : held));
  product = await startProduct({ modelUrl: models.url });
  mkdirSync(join(product.workspace, 'src'));
  writeFileSync(
    join(product.workspace, 'src', 'cancel.ts'),
    'export function cancel(call: AbortController): void {\n  call.abort();\n}\n',
  );
  const start = async (name: string, agent_type: string, task: string) => {
    ids[name] = (await spawn(product.agents, { task, agent_type })).agent_id;
  };
  await start('finished', 'explore', 'Where is cancellation handled?');
  await start('running', 'audit', 'An audit of how calls are cancelled');
  await start('killed', 'review', 'A review of how calls are cancelled');
  await until(
    async () =>
      !(await wait(product.agents, { agent_ids: [ids.finished ?? ''], timeout_ms: 20_000 })).timed_out,
  );
  await until(() => ['audit', 'review'].every((marker) => models.requests(marker).length === 2));
  await kill(product.agents, ids.killed ?? '', 'no longer needed');
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1200, height: 860 } });
}, 180_000);

afterAll(async () => {
  release();
  await browser?.close();
  await product?.stop();
  await models?.stop();
});

async function open(path: string): Promise<void> {
  await page.goto(`${readyService(product.home)?.uiUrl}/namespaces/background-agents/workflows${path}`);
}

// biome-ignore lint/performance/useDomNodeTextContent: what is in the page and not shown cannot be read
const textOf = (frame: Frame) => frame.locator('body').innerText();

/** All that can be read on the page, Markdown in its frames too. */
async function shown(): Promise<string> {
  const texts = page.frames().map((frame) => textOf(frame).catch(() => ''));
  return (await Promise.all(texts)).join('\n');
}

async function shows(...all: (string | RegExp)[]): Promise<void> {
  let text = '';
  const missing = () =>
    all.filter((each) => (typeof each === 'string' ? !text.includes(each) : !each.test(text)));
  await until(async () => {
    text = await shown();
    return missing().length === 0;
  }, PATIENCE_MS).catch(() => {
    throw new Error(`Not shown: ${missing().join(' | ')}\nin:\n${text}`);
  });
}

/** From this heading on. */
async function picture(name: string, heading: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page
    .getByText(heading, { exact: true })
    .first()
    .evaluate((element) => element.scrollIntoView());
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

it('lists agents by id, which begins with their type, and by status', async () => {
  await open('');
  await shows(...Object.values(ids), 'Completed', 'Running', 'Canceled');
});

describe.each([
  ['finished', 'Completed', 'completed', 'explore', 'Where is cancellation handled?', /9321 in, 100 out/],
  ['running', 'Running', 'running', 'audit', 'An audit of how calls are cancelled', /4321 in, 87 out/],
  ['killed', 'Canceled', 'killed', 'review', 'A review of how calls are cancelled', /4321 in, 87 out/],
])('of an agent that is %s', (name, closed, status, type, task, tokens) => {
  it('shows its status and every call by what was called', async () => {
    await open(`/${ids[name]}`);
    await shows(
      closed,
      ids[name] ?? '',
      task,
      'search cancel',
      'read_file src/cancel.ts',
      /(haiku|sonnet|opus), turn 1/,
    );
    if (name === 'finished') await picture('web-ui-timeline', 'Event History');
  });

  it('shows its type, task, tokens and last tool call at a glance', async () => {
    await page.goto(page.url().replace(/\/history.*$/, '/user-metadata'));
    await shows(task, status, type, tokens, '[tool] read_file src/cancel.ts');
    await shows('at most');
    if (name !== 'finished') await picture(`web-ui-${name}`, 'Summary');
  });
});

it('shows what callers and models wrote as it is: no picture of theirs, and no link that hides where it leads', async () => {
  const leak = 'http://leak.example/';
  const markup = ['\n', '\r', '\r\n', '\n\n', '\r\r'].map(
    (end) => `${end}![pixel](${leak}a)${end}<img src="${leak}b">`,
  );
  const text = `Pictures \`\`\` ${markup.join(' ')}`;
  models.script('Pictures', [{ text, tool: { name: 'search', input: { pattern: text } } }, { text }]);
  const { agent_id } = await spawn(product.agents, { task: text, agent_type: 'explore' });
  await until(
    async () => !(await wait(product.agents, { agent_ids: [agent_id], timeout_ms: 20_000 })).timed_out,
  );
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await open(`/${agent_id}`);
  await shows('Completed', 'search Pictures');
  await page.goto(page.url().replace(/\/history.*$/, '/user-metadata'));
  await shows('completed', 'Task:', 'Last lines:');
  const made = await Promise.all(
    page
      .frames()
      .map((frame) =>
        frame
          .locator(`[src^="${leak}"], [href^="${leak}"]`)
          .evaluateAll((elements) =>
            elements
              .filter(({ textContent }) => !textContent?.startsWith('http://leak.example/'))
              .map(({ outerHTML }) => outerHTML),
          ),
      ),
  );
  // What is an address may lead there.
  expect(made.flat()).toEqual([]);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((url) => url.startsWith(leak))).toEqual([]);
});

describe('with what is encrypted', () => {
  const TASK = 'Sealed: where is the treasure?';
  const ANSWER = 'Below the third palm.';
  let agentId: string;
  let codecs: RunningBga;

  beforeAll(async () => {
    models.script('Sealed', [{ tool: { name: 'search', input: { pattern: 'palm' } } }, { text: ANSWER }]);
    await product.bga('down');
    expect(await product.bga('config', 'new-encryption-key')).toMatchObject({ code: 0 });
    expect(await product.bga('up')).toMatchObject({ code: 0 });
    const agents = await product.openSession();
    agentId = (await spawn(agents, { task: TASK, agent_type: 'explore' })).agent_id;
    await until(async () => !(await wait(agents, { agent_ids: [agentId], timeout_ms: 20_000 })).timed_out);
    const env = { ...product.env, BGA_LOG_FORMAT: 'json' };
    codecs = startBga({ env, workspace: product.workspace }, 'codec-server', '--port', '0');
    await codecs.shows('"ui_origins"');
  }, 120_000);

  afterAll(async () => {
    codecs?.child.kill('SIGTERM');
    expect(await codecs?.ended).toMatchObject({ code: 0 });
  });

  it('shows nothing of it by itself', async () => {
    await open(`/${agentId}`);
    await shows('Completed', agentId);
    await page.goto(page.url().replace(/\/history.*$/, '/user-metadata'));
    await shows('Decoding failed');
    expect(await shown()).not.toMatch(/treasure|palm/);
  });

  it('shows all of it through bga codec-server, set up as that says', async () => {
    const started: { address: string } = JSON.parse(codecs.stderr());
    const port = new URL(started.address).port;
    const { stdout: endpoint } = await product.bga('codec-server', '--show-token', '--port', port);
    await page.getByTestId('data-encoder-status').click();
    await page.getByTestId('data-encoder-endpoint-input').fill(endpoint.trim());
    await page.getByTestId('confirm-data-encoder-button').click();
    await open(`/${agentId}`);
    await shows('search palm', /haiku, turn 1/, TASK, ANSWER);
    await page.goto(page.url().replace(/\/history.*$/, '/user-metadata'));
    await shows(TASK, 'completed', 'at most', '[tool] search palm');
  });
});
