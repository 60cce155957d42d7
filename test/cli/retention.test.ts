/** Agents as files, and their deletion: with encryption on, and mostly with no worker that could be asked. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  exportAgent,
  output,
  prunable,
  prune,
  type SpawnRequest,
  spawn,
  status,
  wait,
} from '../../src/agents';
import { attributes } from '../../workflows/attributes';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';
import { startInTerminal } from './process';

const KEY = 'sk-canary-4711';
const TURNS = 4;
const NASTY = '```\n# not a heading\n![x](http://example.com/leak)\n````';

let models: ModelServer;
let product: Product;
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: 'let go' });
});
const ids: Record<string, string> = {};
const idOf = (name: string) => ids[name] ?? '';

async function start(name: string, request: Partial<SpawnRequest> = {}): Promise<void> {
  const hurried = { ...product.agents, historyLimits: { events: 5, bytes: 1_000_000 } };
  const { agent_id } = await spawn(hurried, {
    task: name,
    agent_type: 'explore',
    lifetime: 'detached',
    ...request,
  });
  ids[name] = agent_id;
}

const ended = (...names: string[]) =>
  until(
    async () => !(await wait(product.agents, { agent_ids: names.map(idOf), timeout_ms: 20_000 })).timed_out,
    90_000,
  );

beforeAll(async () => {
  models = await startModelServer();
  models.script('many runs', (turn) =>
    turn === TURNS
      ? { text: `The answer.\n${NASTY}` }
      : {
          text: `turn ${turn}`,
          tools: [
            { name: 'read_file', input: { path: 'a.md', from_line: turn + 1, to_line: turn + 1 } },
            { name: 'list_files', input: {} },
          ],
        },
  );
  models.script('short', [{ text: 'short answer' }]);
  models.script('refuses', [{ text: 'No.', stopReason: 'refusal' }]);
  models.script('runs on', (turn) =>
    turn < 2 ? { text: `step ${turn}`, tool: { name: 'list_files', input: {} } } : held,
  );
  models.script('cut off', (turn) =>
    turn < 2 ? { text: `step ${turn}`, tool: { name: 'list_files', input: {} } } : held,
  );
  product = await startProduct({
    modelUrl: models.url,
    env: { ANTHROPIC_API_KEY: KEY, BGA_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') },
  });
  writeFileSync(
    join(product.workspace, 'a.md'),
    Array.from({ length: 9 }, (_, line) => `line ${line}`).join('\n'),
  );
  await Promise.all(['many runs', 'short', 'refuses', 'runs on', 'cut off'].map((name) => start(name)));
  await ended('many runs', 'short', 'refuses');
  await until(() => ['runs on', 'cut off'].every((name) => models.requests(name).length === 3));
}, 180_000);

afterAll(async () => {
  release();
  await product?.stop();
  await models?.stop();
});

it('exports all of an agent that went through several runs, as its log has it', async () => {
  const document = await exportAgent(product.agents, idOf('many runs'));
  const now = await status(product.agents, idOf('many runs'));
  expect(document).toMatchObject({
    schema: 'background-agents/agent',
    schema_version: 1,
    agent: now,
    input: { task: 'many runs', agent_type: 'explore', limits: { max_turns: expect.any(Number) } },
    answer: `The answer.\n${NASTY}`,
    notes: [],
  });
  const lines = document.transcript.flatMap((entry) =>
    entry.kind === 'turn'
      ? [...entry.text.split('\n'), ...entry.tool_calls.map(({ name }) => `[tool] ${name}`)]
      : [],
  );
  const { text } = await output(product.agents, {
    agent_id: idOf('many runs'),
    view: 'full',
    max_chars: 40_000,
  });
  expect(lines).toEqual(text.split('\n').map((line) => line.replace(/^(\[tool\] \w+).*/, '$1')));
  for (const entry of document.transcript)
    if (entry.kind === 'turn' && entry.tool_calls.length > 0) {
      expect(entry.tool_calls[0]?.result).toContain(`\tline ${entry.turn - 1}`);
      expect(entry.tool_calls[1]?.result).toContain('a.md');
    }
  const [{ model: _, ...taken } = { model: '' }] = document.usage_by_model;
  expect(taken).toEqual({ ...now.usage, cost_usd: expect.closeTo(now.usage.cost_usd, 9) });
});

it('writes Markdown that its content cannot break, and neither key nor session', async () => {
  const { code, stdout } = await product.bga('export', idOf('many runs'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^# Agent explore-/);
  expect(stdout).toContain('- status: **completed** (answered)');
  expect(stdout).toContain(`\`\`\`\`\`text\nThe answer.\n${NASTY}\n\`\`\`\`\`\n`);
  const json = await product.bga('export', idOf('many runs'), '--json');
  for (const text of [stdout, json.stdout]) {
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(product.agents.session.id);
  }
});

it('writes files for their owner alone, several into a directory', async () => {
  const folder = join(product.workspace, 'exported');
  const names = ['short', 'refuses'];
  const { code, stdout } = await product.bga(
    'export',
    ...names.map(idOf),
    '--format',
    'json',
    '-o',
    `${folder}/`,
  );
  expect(code).toBe(0);
  const files = names.map((name) => join(folder, `${idOf(name)}.json`));
  expect(stdout.trim().split('\n')).toEqual(files);
  for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(files.map((file) => JSON.parse(readFileSync(file, 'utf8')).agent.status)).toEqual([
    'completed',
    'failed',
  ]);
  expect(readdirSync(folder)).toHaveLength(2);
});

it('replaces no file unless it is told to, and then writes none of several', async () => {
  const folder = join(product.workspace, 'careful');
  const [first, second] = [join(folder, `${idOf('short')}.md`), join(folder, `${idOf('refuses')}.md`)];
  mkdirSync(folder);
  writeFileSync(second, 'mine');
  const both = ['export', idOf('short'), idOf('refuses'), '-o', folder];
  const refused = await product.bga(...both);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain(
    `${second} exists already. Give --force to replace it, or another path with -o.`,
  );
  expect(readFileSync(second, 'utf8')).toBe('mine');
  expect(existsSync(first)).toBe(false);
  expect(await product.bga(...both, '--force')).toMatchObject({ code: 0 });
  expect(readFileSync(second, 'utf8')).toMatch(/^# Agent /);
  expect(existsSync(first)).toBe(true);
});

it('puts no file in the place of a device or a pipe', async () => {
  const pipe = join(product.workspace, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const refused = await product.bga('export', idOf('short'), '--force', '-o', pipe);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain(`${pipe} cannot be written (it is no file). Give another path.`);
  expect(statSync(pipe).isFIFO()).toBe(true);
  rmSync(pipe);
});

it('refuses one file for several agents, what does not exist, and what cannot be written', async () => {
  const several = await product.bga('export', idOf('short'), idOf('refuses'), '-o', 'all.md');
  expect(several).toMatchObject({ code: 2, stdout: '' });
  expect(several.stderr).toContain('several agents need a directory');
  const nobody = await product.bga('export', 'explore-000000000000');
  expect(nobody).toMatchObject({ code: 2, stdout: '' });
  const nowhere = await product.bga(
    'export',
    idOf('short'),
    '-o',
    join(product.workspace, 'a.md', 'x', 'b.md'),
  );
  expect(nowhere).toMatchObject({ code: 2, stdout: '' });
  expect(nowhere.stderr).toContain('Give another path');
});

describe('with no worker to ask', () => {
  beforeAll(async () => {
    process.kill(product.workerPid(), 'SIGSTOP');
    await product.agents.temporal.client.workflow.getHandle(idOf('cut off')).terminate();
  });
  afterAll(() => void process.kill(product.workerPid(), 'SIGCONT'));

  it('exports what runs, as far as it has come', async () => {
    const document = await exportAgent(product.agents, idOf('runs on'));
    expect(document.agent.status).toBe('running');
    expect(document.notes).toEqual(['It had not ended when it was exported.']);
    expect(document.transcript.map((entry) => (entry.kind === 'turn' ? entry.text : entry.kind))).toEqual([
      'step 0',
      'step 1',
    ]);
  });

  it('exports what somebody terminated', async () => {
    const document = await exportAgent(product.agents, idOf('cut off'));
    expect(document.agent).toMatchObject({ status: 'killed', reason: 'killed' });
    expect(document.transcript.at(-1)).toMatchObject({ kind: 'ended', how: 'terminated in Temporal' });
    expect(document.usage_by_model).toMatchObject([{ input_tokens: 200, output_tokens: 20 }]);
  });
});

describe('prune', () => {
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await product.bga('prune', '--json', ...args);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return JSON.parse(stdout);
  };
  const named = (told: { agents: { agent_id: string }[] }) =>
    Object.keys(ids)
      .filter((name) => told.agents.some(({ agent_id }) => agent_id === idOf(name)))
      .sort();

  it('shows what it would delete, and deletes nothing', async () => {
    const told = await json('--older-than', '0m', '--dry-run');
    expect(told.deleted).toBe(false);
    expect(named(told)).toEqual(['cut off', 'many runs', 'refuses', 'short']);
    expect(told.history_bytes).toBeGreaterThan(10_000);
    expect(named(await json('--older-than', '0m', '--dry-run', '--status', 'failed'))).toEqual(['refuses']);
    expect(named(await json('--older-than', '1d', '--dry-run'))).toEqual([]);
    expect((await status(product.agents, idOf('short'))).status).toBe('completed');
    expect(JSON.parse((await product.bga('cost', '--json')).stdout)).toMatchObject({ pruned_before: null });
  });

  it('deletes nothing where nobody can be asked', async () => {
    const { code, stdout, stderr } = await product.bga('prune', '--older-than', '0m');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--yes');
  });

  it('asks on a terminal, and takes return for no', async () => {
    const asked = startInTerminal(product, 'prune', '--older-than', '0m', '--status', 'failed');
    await asked.shows('Delete 1 agent,');
    asked.child.stdin?.write('\r');
    const { code, stdout } = await asked.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing was deleted.');
    expect((await status(product.agents, idOf('refuses'))).status).toBe('failed');
  });

  it('deletes no agent that it could not export first', async () => {
    const { code, stderr } = await product.bga(
      'prune',
      '--older-than',
      '0m',
      '--yes',
      '--export-dir',
      join(product.workspace, 'a.md', 'x'),
    );
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be written');
    expect(named(await json('--older-than', '0m', '--dry-run'))).toHaveLength(4);
  });

  it('passes over what somebody else started as an agent under an id that is none', async () => {
    const { workflow } = product.agents.temporal.client;
    const id = '../../escaped\u009b31m';
    const strange = await workflow.start('agent', {
      workflowId: id,
      taskQueue: 'nobody',
      args: [{}],
      typedSearchAttributes: [{ key: attributes.type, value: 'strange' }],
    });
    await strange.terminate();
    await until(async () => {
      const { count } = await workflow.count(`WorkflowId = '${id}'`);
      return count === 1;
    });
    const folder = join(product.workspace, 'a', 'b');
    const none = await json('--older-than', '0m', '--yes', '--export-dir', folder, '--type', 'strange');
    expect(none.agents).toEqual([]);
    for (const args of [
      ['prune', '--older-than', '0m', '--dry-run'],
      ['list', '--scope', 'all', '--json'],
      ['export', id],
    ])
      expect((await product.bga(...args)).stdout).not.toContain('escaped');
    expect(existsSync(join(product.workspace, 'escaped'))).toBe(false);
    await product.agents.temporal.client.workflowService.deleteWorkflowExecution({
      namespace: 'background-agents',
      workflowExecution: { workflowId: id },
    });
  });

  it('exports, then deletes every run of what has ended, and leaves what runs', async () => {
    const folder = join(product.workspace, 'kept');
    const told = await json('--older-than', '0m', '--yes', '--export-dir', folder);
    expect(told).toMatchObject({ deleted: true, exported_to: folder });
    expect(named(told)).toEqual(['cut off', 'many runs', 'refuses', 'short']);
    for (const name of named(told)) {
      const kept = JSON.parse(readFileSync(join(folder, `${idOf(name)}.json`), 'utf8'));
      expect(kept.agent.agent_id).toBe(idOf(name));
    }
    const { workflow } = product.agents.temporal.client;
    await until(async () => {
      const left = new Set<string>();
      for await (const run of workflow.list({ query: "WorkflowType = 'agent'" })) left.add(run.workflowId);
      return left.size === 1 && left.has(idOf('runs on'));
    });
    const cost = JSON.parse((await product.bga('cost', '--since', '7d', '--json')).stdout);
    expect(cost).toMatchObject({ agents: 1, retention_days: 30, complete_since: cost.pruned_before });
    expect((await product.bga('cost', '--since', '7d')).stdout).toMatch(
      /^Not in it: what bga prune deleted, of what ended before \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.$/m,
    );
    const gone = await product.bga('status', idOf('many runs'));
    expect(gone.stderr).toContain('No agent');
    // Its earlier runs have ended, and it has not.
    const document = await exportAgent(product.agents, idOf('runs on'));
    expect(document.transcript.filter(({ kind }) => kind === 'turn')).toHaveLength(2);
    release();
    await ended('runs on');
    expect((await status(product.agents, idOf('runs on'))).status).toBe('completed');
    expect(existsSync(join(folder, `${idOf('runs on')}.json`))).toBe(false);
  });

  it('does not mind that somebody else deletes the same', async () => {
    await start('short');
    await ended('short');
    const request = {
      endedBeforeMs: Date.now() + 1_000,
      statuses: ['completed'] as const,
      scope: 'all' as const,
    };
    const found = await until(async () => {
      const now = await prunable(product.agents, request);
      return now.length === 2 ? now : undefined;
    });
    const both = [0, 1].map(() =>
      prune(
        product.agents,
        found,
        async () => undefined,
        () => undefined,
      ),
    );
    // The server itself takes its time with one that has only just ended.
    await Promise.all(both);
  });
});
