/** Messages to agents: that work, that are just answering, and that have ended. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill, list, output, send, spawn, status, wait } from '../../src/agents';
import { requestStop } from '../../src/agents/kill';
import { messageSignal } from '../../workflows/messages';
import { heldScript } from '../support/held';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

let models: ModelServer;
let product: Product;

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({ modelUrl: models.url });
  writeFileSync(join(product.workspace, 'a.txt'), 'alpha\n');
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

const read = { name: 'read_file', input: { path: 'a.txt' } };

async function spawned(task: string, more: object = {}): Promise<string> {
  return (await spawn(product.agents, { task, agent_type: 'explore', ...more })).agent_id;
}

async function ended(agentId: string): Promise<string> {
  await wait(product.agents, { agent_ids: [agentId], timeout_ms: 55_000 });
  return (await status(product.agents, agentId)).status;
}

const full = async (agent_id: string) =>
  (await output(product.agents, { agent_id, view: 'full', max_chars: 40_000 })).text;

/** What the model was sent last, as text, in order. */
function heard(marker: string): { role: string; text: string }[] {
  const bodies = models
    .journal()
    .map(({ body }) => Object(body).messages as { role: string; content: unknown }[]);
  const own = bodies.filter((messages) =>
    JSON.stringify(messages?.find(({ role }) => role === 'user') ?? '').includes(marker),
  );
  return (own.at(-1) ?? []).map(({ role, content }) => ({ role, text: JSON.stringify(content) }));
}

describe('an agent that works', () => {
  it('reads messages in order before its next turn, after the results of the turn under way', async () => {
    const { script, release } = heldScript([{ tool: read }, { text: 'done' }]);
    models.script('busy-one', script);
    const id = await spawned('busy-one');
    await until(() => models.requests('busy-one').length > 0);
    const first = await send(product.agents, { agent_id: id, message: 'look at b\nas well' });
    expect(first).toMatchObject({ agent_id: id, status: 'running', delivered: 'queued', turn: 2 });
    expect(await send(product.agents, { agent_id: id, message: 'and at c' })).toMatchObject({ turn: 2 });
    release();
    expect(await ended(id)).toBe('completed');
    expect(heard('busy-one').map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'user',
      'user',
    ]);
    expect(
      heard('busy-one')
        .slice(-2)
        .map(({ text }) => text),
    ).toEqual([expect.stringContaining('look at b'), expect.stringContaining('and at c')]);
    expect((await full(id)).split('\n')).toEqual([
      '[tool] read_file a.txt → 2 lines',
      '› look at b',
      '› as well',
      '› and at c',
      'done',
    ]);
  });

  it('takes another turn when a message comes while it gives its answer', async () => {
    const { script, release } = heldScript([{ text: 'first answer' }, { text: 'second answer' }]);
    models.script('answering', script);
    const id = await spawned('answering', { max_turns: 1 });
    await until(() => models.requests('answering').length > 0);
    expect(await send(product.agents, { agent_id: id, message: 'one more thing' })).toMatchObject({
      delivered: 'queued',
      turn: 2,
    });
    release();
    expect(await ended(id)).toBe('completed');
    expect((await output(product.agents, { agent_id: id })).text).toBe('second answer');
    expect((await full(id)).split('\n')).toEqual([
      'first answer',
      '[note] it had answered; a message lets it go on',
      '› one more thing',
      'second answer',
    ]);
    expect((await status(product.agents, id)).progress).toMatchObject({ turn: 2, max_turns: 2 });
  });

  it('refuses what is empty or too long, and more than it can keep', async () => {
    const { script, release } = heldScript([{ text: 'x' }]);
    models.script('full-box', script);
    const id = await spawned('full-box');
    await until(() => models.requests('full-box').length > 0);
    const message = 'x'.repeat(32_000);
    const sent = await Promise.allSettled(
      Array.from({ length: 8 }, () => send(product.agents, { agent_id: id, message })),
    );
    expect(sent.filter((each) => each.status === 'fulfilled')).toHaveLength(6);
    expect(sent.find((each) => each.status === 'rejected')?.reason.message).toMatch(
      /^6 messages wait to be read already.*Nothing was sent\.$/,
    );
    await expect(send(product.agents, { agent_id: id, message: ' ' })).rejects.toThrow('is empty');
    await kill(product.agents, id);
    release();
  });

  it('tells in its output what did not fit of messages whose senders could not be refused', async () => {
    const { script, release } = heldScript([{ text: 'x' }, { text: 'y' }]);
    models.script('overfull-box', script);
    const id = await spawned('overfull-box');
    await until(() => models.requests('overfull-box').length > 0);
    const handle = product.agents.temporal.client.workflow.getHandle(id);
    for (let index = 0; index < 8; index += 1)
      await handle.signal(messageSignal, {
        id: `left-${index}`,
        text: `number ${index} ${'x'.repeat(31_900)}`,
      });
    release();
    expect(await ended(id)).toBe('completed');
    const notes = await output(product.agents, {
      agent_id: id,
      view: 'full',
      filter: '^\\[note\\] 2 messages',
    });
    expect(notes.text).toMatch(/did not fit .* It begins: number 6 x/);
  });
});

describe('an agent that has ended', () => {
  it('goes on under its id with its conversation, its cost and its lines', async () => {
    models.script('again', [{ tool: read }, { text: 'first answer' }, { text: 'second answer' }]);
    const id = await spawned('again');
    expect(await ended(id)).toBe('completed');
    const before = await status(product.agents, id);
    const page = await output(product.agents, { agent_id: id, since_last: true });
    const sent = await send(product.agents, { agent_id: id, message: 'and why?' });
    expect(sent).toMatchObject({ agent_id: id, status: 'pending', delivered: 'continued', turn: 3 });
    expect(await ended(id)).toBe('completed');
    const after = await status(product.agents, id);
    expect(after).toMatchObject({
      created_at: before.created_at,
      started_at: before.started_at,
      progress: { turn: 3, max_turns: 2 + before.progress.max_turns, tool_calls: 1 },
      usage: { input_tokens: 300 },
    });
    expect(await output(product.agents, { agent_id: id, since_last: true })).toMatchObject({
      text: 'second answer',
    });
    expect(
      await output(product.agents, { agent_id: id, cursor: page.next_cursor, view: 'full' }),
    ).toMatchObject({
      text: '[note] it had answered; a message lets it go on\n› and why?\nsecond answer',
    });
    expect(heard('again').map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
  });

  it.each([
    ['max_turns', [{ tool: read }, { text: 'now' }], { max_turns: 1 }],
    ['loop', [{ tools: [read, read, read, read, read] }, { text: 'now' }], {}],
  ])('goes on after %s', async (reason, steps, more) => {
    models.script(`ended-${reason}`, steps);
    const id = await spawned(`ended-${reason}`, more);
    expect(await ended(id)).toBe('failed');
    expect((await status(product.agents, id)).reason).toBe(reason);
    await send(product.agents, { agent_id: id, message: 'answer now' });
    expect(await ended(id)).toBe('completed');
    const text = await full(id);
    expect(text).toContain(`[note] it had ended as failed (${reason}): `);
    expect(text.split('\n').slice(-2)).toEqual(['› answer now', 'now']);
  });

  it('goes on after a kill and after a termination, with a result for every call', async () => {
    const { script, release } = heldScript([{ tool: read }, { text: 'late' }]);
    models.script('stopped-one', (turn, request) => (turn === 0 ? { tool: read } : script(turn, request)));
    const ids = await Promise.all([spawned('stopped-one'), spawned('stopped-one')]);
    await until(() => models.requests('stopped-one').length >= 4);
    await kill(product.agents, ids[0] ?? '');
    await product.agents.temporal.client.workflow.getHandle(ids[1] ?? '').terminate();
    for (const id of ids) {
      await until(async () => (await status(product.agents, id)).status === 'killed');
      expect(await send(product.agents, { agent_id: id, message: 'go on' })).toMatchObject({
        delivered: 'continued',
      });
    }
    release();
    for (const id of ids) {
      expect(await ended(id)).toBe('completed');
      expect((await full(id)).split('\n').slice(-2)).toEqual(['› go on', 'late']);
    }
  });

  it('is begun once by messages at the same time, and hears all of them', async () => {
    models.script('at-once', (turn) => ({ text: `answer ${turn}` }));
    const id = await spawned('at-once');
    await ended(id);
    const messages = ['one', 'two', 'three', 'four', 'five', 'six'];
    await Promise.all(messages.map((message) => send(product.agents, { agent_id: id, message })));
    await until(async () => {
      const now = await status(product.agents, id);
      const text = await full(id);
      return now.status === 'completed' && messages.every((each) => text.includes(`› ${each}`));
    });
    const lines = (await full(id)).split('\n').filter((line) => line.startsWith('› '));
    expect(lines.sort()).toEqual(messages.map((each) => `› ${each}`).sort());
  });

  it('keeps what it ended without reading for when it goes on', async () => {
    const { script, release } = heldScript([{ tool: read }, { text: 'both read' }]);
    models.script('unread-mail', script);
    const id = await spawned('unread-mail', { max_turns: 1 });
    await until(() => models.requests('unread-mail').length > 0);
    await send(product.agents, { agent_id: id, message: 'early' });
    release();
    expect(await ended(id)).toBe('failed');
    expect(await full(id)).toContain(
      '[note] it ended without having read 1 message; it will when it goes on',
    );
    await send(product.agents, { agent_id: id, message: 'late' });
    expect(await ended(id)).toBe('completed');
    expect((await full(id)).split('\n').slice(-3)).toEqual(['› early', '› late', 'both read']);
  });

  it('is one row of a list, counted once, and unread again', async () => {
    const session = await product.openSession();
    models.script('one-row', [{ text: 'a' }, { text: 'b' }]);
    const { agent_id } = await spawn(session, { task: 'one-row', agent_type: 'explore' });
    await ended(agent_id);
    await output(session, { agent_id });
    expect((await list(session, { scope: 'session' })).agents).toMatchObject([{ agent_id, unread: false }]);
    const other = await product.openSession();
    await send(other, { agent_id, message: 'again' });
    await ended(agent_id);
    const all = await until(async () => {
      const found = await list(session, { scope: 'all', limit: 100 });
      return found.counts.running === 0 ? found : undefined;
    });
    const rows = all.agents.filter((agent) => agent.agent_id === agent_id);
    expect(rows).toMatchObject([{ status: 'completed', unread: true }]);
    const shown = Object.values(all.counts).reduce((sum, count) => sum + count, 0);
    expect(shown).toBe(all.agents.length);
    const done = await list(other, { scope: 'session', status: 'completed' });
    expect(done.agents.map((agent) => agent.agent_id)).toEqual([agent_id]);
    expect(done.counts.completed).toBe(1);
  });

  it('belongs to the session that lets it go on', async () => {
    const session = await product.openSession();
    const { script, release } = heldScript([{ text: 'a' }, { text: 'b' }]);
    models.script('whose', (turn, request) => (turn === 0 ? { text: 'a' } : script(turn, request)));
    const { agent_id } = await spawn(session, { task: 'whose', agent_type: 'explore', lifetime: 'session' });
    await ended(agent_id);
    const { endSession } = await import('../../src/agents');
    const other = await product.openSession();
    await send(other, { agent_id, message: 'again' });
    expect(await endSession(session, 'session_ended')).toEqual([]);
    expect(await endSession(other, 'session_ended')).toEqual([agent_id]);
    expect(await ended(agent_id)).toBe('killed');
    expect((await status(product.agents, agent_id)).reason).toBe('session_ended');
    release();
  });

  it('stays a kill when it comes while the agent is about to go on', async () => {
    models.script('killed-again', [{ text: 'a' }, { text: 'b', latencyMs: 3_000 }]);
    const id = await spawned('killed-again');
    await ended(id);
    await send(product.agents, { agent_id: id, message: 'again' });
    await requestStop(product.agents, id, 'killed', 'changed my mind');
    expect(await ended(id)).toBe('killed');
    expect(await full(id)).toContain('a');
  });
});

describe('a message with a key', () => {
  const keyed = (agent_id: string, message: string, context = product.agents) =>
    send(context, { agent_id, message, idempotency_key: 'k' });
  const heardLines = async (id: string) =>
    (await full(id)).split('\n').filter((line) => line.startsWith('› '));

  it('is heard once by an agent that works, however often it comes; another one under the key is another', async () => {
    const { script, release } = heldScript([{ tool: read }, { text: 'done' }]);
    models.script('keyed-busy', script);
    const id = await spawned('keyed-busy');
    await until(() => models.requests('keyed-busy').length > 0);
    const sent = await Promise.all(['same', 'same', 'same', 'other'].map((text) => keyed(id, text)));
    expect(sent).toMatchObject(sent.map(() => ({ delivered: 'queued', turn: 2 })));
    release();
    expect(await ended(id)).toBe('completed');
    expect((await heardLines(id)).sort()).toEqual(['› other', '› same']);
  });

  it('does not let an agent go on again that has ended with it, also after a restart of the worker', async () => {
    models.script('keyed-ended', [{ text: 'first' }, { text: 'second' }, { text: 'third' }]);
    const id = await spawned('keyed-ended');
    await ended(id);
    expect(await keyed(id, 'again')).toMatchObject({ delivered: 'continued' });
    await ended(id);
    process.kill(product.workerPid(), 'SIGKILL');
    const repeat = await until(() => keyed(id, 'again').catch(() => undefined));
    expect(repeat).toMatchObject({ delivered: 'repeated', status: 'completed' });
    expect(await send(product.agents, { agent_id: id, message: 'again' })).toMatchObject({
      delivered: 'continued',
    });
    await ended(id);
    expect(await heardLines(id)).toEqual(['› again', '› again']);
    // It is known to the new run as well, …
    expect(await keyed(id, 'again')).toMatchObject({ delivered: 'repeated' });
    // … and is the session's.
    expect(await keyed(id, 'again', await product.openSession())).toMatchObject({ delivered: 'continued' });
  });
});

it('says of an agent that does not exist what kill says', async () => {
  await expect(send(product.agents, { agent_id: 'explore-000000000000', message: 'x' })).rejects.toThrow(
    'No agent "explore-000000000000". Call agent_list',
  );
});
