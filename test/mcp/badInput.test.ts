/** Whatever comes in, over either transport: the right error, a server that lives, no agent lost or doubled. */
import fc from 'fast-check';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';
import { callText, HELLO, overHttp, overStdio, type Wire } from './hostile';
import { type HttpServer, startHttpServer } from './httpServer';
import { connectMcp, done, type Mcp, type RawMcp, rawMcp, replyOf } from './support';

let models: ModelServer;
let product: Product;
let http: HttpServer;
let raw: RawMcp;
let mcp: Mcp;
const wires = new Map<string, Wire>();
let lastId = 1;
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: 'late' });
});

beforeAll(async () => {
  models = await startModelServer();
  models.script('', () => ({ text: 'an answer' }));
  models.script('held', () => held);
  product = await startProduct({ modelUrl: models.url, env: { BGA_HTTP_MAX_SESSIONS: '50' } });
  http = await startHttpServer(product);
  raw = rawMcp(product);
  mcp = await connectMcp(product);
  for (const wire of [await overStdio(raw), await overHttp(http)]) wires.set(wire.name, wire);
}, 120_000);

afterAll(async () => {
  release();
  raw?.process.stdin?.end();
  await mcp?.close();
  await http?.stop();
  await product?.stop();
  await models?.stop();
});

function wireOf(name: string): Wire {
  const wire = wires.get(name);
  if (!wire) throw new Error(`There is no wire ${name}.`);
  return wire;
}

async function call(wire: Wire, args: string, tool = 'agent_spawn') {
  lastId += 1;
  const answer = await wire.ask(lastId, callText(lastId, tool, args));
  return { error: Object(answer?.error), ...replyOf(answer?.result) };
}

const spawned = async () => {
  const { agents } = await done(mcp, 'agent_list', { scope: 'all', limit: 100 });
  return Object(agents).map((agent: { task: string }) => agent.task) as string[];
};

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe.each(['stdio', 'HTTP'])('over %s', (name) => {
  it.each<[string, string, string]>([
    ['a prototype alone', '{"__proto__":{"task":"x"}}', 'unknown argument "__proto__"'],
    [
      'a prototype beside the task',
      '{"task":"x","__proto__":{"model":"opus","polluted":true}}',
      'unknown argument "__proto__"',
    ],
    [
      'a constructor',
      '{"task":"x","constructor":{"prototype":{"polluted":true}}}',
      'unknown argument "constructor"',
    ],
    ['ten thousand levels', `{"task":${deep(10_000)}}`, 'task must be a string'],
    [
      'ten thousand levels beside the task',
      `{"task":"x","extra":${deep(10_000)}}`,
      'unknown argument "extra"',
    ],
    ['more than a number holds', '{"task":"x","max_cost_usd":1e999}', 'max_cost_usd must be'],
    ['a number with no end', '{"task":"x","max_turns":-1e-400}', 'max_turns must be'],
    ['a list of everything', '{"task":["x"],"model":[],"name":{}}', 'task must be a string'],
    ['two of one key', '{"task":"x","task":""}', 'task is empty'],
    ['a list for arguments', '[{"task":"x"}]', 'nvalid'],
    ['a text for arguments', '"task"', 'nvalid'],
    ['a megabyte', `{"task":"${'x'.repeat(900_000)}"}`, 'at most 100000 characters'],
  ])('refuses %s, and starts nothing', async (_, args, text) => {
    const wire = wireOf(name);
    const before = await spawned();
    const reply = await call(wire, args);
    expect(reply.isError || reply.error.code === -32602).toBe(true);
    expect(`${reply.text}${reply.error.message ?? ''}`).toContain(text);
    expect(reply.text).not.toContain('call stack');
    expect(Object({}).polluted).toBeUndefined();
    expect(await spawned()).toEqual(before);
  });

  it('refuses a prototype in one of several tasks', async () => {
    const before = await spawned();
    const args = '{"tasks":[{"task":"x"},{"task":"y","__proto__":{"task":"z"}}]}';
    const { error } = await call(wireOf(name), args, 'agent_spawn_many');
    expect(error).toMatchObject({
      code: -32602,
      message: 'Invalid arguments for agent_spawn_many: unknown argument "__proto__". The call did nothing.',
    });
    expect(await spawned()).toEqual(before);
  });

  it('refuses whatever does not fit, with a reason, and lives', async () => {
    const wire = wireOf(name);
    const before = await spawned();
    const key = fc.oneof(
      fc.constantFrom('task', 'model', 'timeout_ms', 'lifetime', '__proto__', 'constructor', 'toString', ''),
      fc.string(),
    );
    const fits = (args: unknown) => typeof Object(args).task === 'string';
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, fc.jsonValue({ maxDepth: 3 })), async (args) => {
        fc.pre(!fits(args));
        const { isError, text, error } = await call(wire, JSON.stringify(args));
        if (error.code === undefined) {
          expect(isError).toBe(true);
          expect(text).toMatch(/^Invalid arguments for agent_spawn: .+\. The call did nothing\./s);
        } else expect(error.code).toBe(-32602);
      }),
      { numRuns: 40 },
    );
    expect((await call(wire, '{}', 'agent_list')).isError).toBe(false);
    expect(await spawned()).toEqual(before);
  }, 120_000);

  it('takes half of a pair in a task as what it is, one unreadable character', async () => {
    const { data } = await call(wireOf(name), '{"task":"half \\ud83d of a pair","agent_type":"explore"}');
    const seen = await done(mcp, 'agent_wait', { agent_ids: [data.agent_id] });
    expect(seen).toMatchObject({ finished: [{ agent_id: data.agent_id, status: 'completed' }] });
    expect(await spawned()).toContain('half \ufffd of a pair');
  });

  it.each([
    ['{', -32700, null],
    ['NaN', -32700, null],
    ['[]', -32600, null],
    [`[${HELLO(5)}]`, -32600, null],
    ['null', -32600, null],
    ['"x"', -32600, null],
    ['{"jsonrpc":"1.0","id":"old","method":"x"}', -32600, 'old'],
  ])('answers %s with an error, and goes on', async (text, code, id) => {
    const wire = wireOf(name);
    if (name === 'stdio') {
      const before = raw.lines.length;
      raw.send(text);
      await until(() => raw.lines.length > before);
      expect(JSON.parse(raw.lines[before] ?? '')).toMatchObject({ id, error: { code } });
    } else expect(Object(await wire.ask(0, text))).not.toHaveProperty('result');
    expect((await call(wire, '{}', 'agent_list')).isError).toBe(false);
  });
});

describe('on stdio', () => {
  it('answers both of two requests with one id', async () => {
    const text = callText(999_001, 'agent_list', '{}');
    raw.send(text);
    raw.send(text);
    await until(() => raw.lines.filter((line) => line.includes('999001')).length === 2);
  });

  it('answers who asks before initializing, and starts nothing for them', async () => {
    const early = rawMcp(product);
    early.send(callText(1, 'agent_spawn', '{"task":"too early"}'));
    const answer = await early.answerTo(1);
    expect(answer.error ?? answer.result).toBeDefined();
    early.process.stdin?.end();
    await early.exited;
  });

  it('refuses a line of 10 MB, and lets the session and its agents live', async () => {
    const own = rawMcp(product);
    const wire = await overStdio(own);
    const held = '{"task":"held, beside a long line","agent_type":"explore","lifetime":"session"}';
    const started = replyOf((await wire.ask(2, callText(2, 'agent_spawn', held)))?.result).data;
    const long = `{"task":"${'x'.repeat(10 * 1024 * 1024)}"}`;
    expect(await wire.ask(3, callText(3, 'agent_spawn', long))).toMatchObject({
      error: { code: -32600, message: expect.stringContaining('more than 8388608 bytes') },
    });
    const seen = await wire.ask(4, callText(4, 'agent_list', '{"scope":"session"}'));
    expect(replyOf(seen?.result).data.agents).toMatchObject([
      { agent_id: started.agent_id, status: expect.stringMatching(/pending|running/) },
    ]);
    own.process.stdin?.end();
    expect(await own.exited).toBe(0);
    const now = () => done(mcp, 'agent_status', { agent_id: started.agent_id });
    await until(async () => (await now()).reason === 'session_ended');
  }, 60_000);

  it('a client that vanishes in the middle of a call, or of a line, leaves one agent or none', async () => {
    const gone = rawMcp(product);
    await overStdio(gone);
    const args = '{"task":"held, vanished","agent_type":"explore","background":false,"lifetime":"detached"}';
    gone.send(callText(2, 'agent_spawn', args));
    gone.process.stdin?.write(callText(3, 'agent_spawn', '{"task":"half a line"}').slice(0, -20));
    await until(async () => (await spawned()).includes('held, vanished'));
    gone.process.stdout?.destroy();
    gone.process.stdin?.destroy();
    await gone.exited;
    const tasks = await spawned();
    expect(tasks.filter((task) => task === 'held, vanished')).toHaveLength(1);
    expect(tasks).not.toContain('half a line');
  }, 60_000);
});

describe('a client that has no patience', () => {
  it.each([
    ['times out', (client: Mcp['client'], args: object) => client.callTool(Object(args), { timeout: 1_500 })],
    [
      'cancels',
      (client: Mcp['client'], args: object) => {
        const abort = new AbortController();
        setTimeout(() => abort.abort(), 1_500);
        return client.callTool(Object(args), { signal: abort.signal });
      },
    ],
  ])('and %s finds its agent again, which goes on', async (how, ask) => {
    const task = `held, client ${how}`;
    const args = { task, agent_type: 'explore', background: false };
    await expect(ask(mcp.client, { name: 'agent_spawn', arguments: args })).rejects.toThrow();
    const { agents } = await done(mcp, 'agent_list', { scope: 'session' });
    const [found] = Object(agents);
    expect(found).toMatchObject({ task, status: expect.stringMatching(/pending|running/) });
    const waited = ask(mcp.client, { name: 'agent_wait', arguments: { agent_ids: [found.agent_id] } });
    await expect(waited).rejects.toThrow();
    expect(await done(mcp, 'agent_status', { agent_id: found.agent_id })).toMatchObject({
      status: 'running',
    });
  });

  it('or has forgotten everything, gets all of it back', async () => {
    const own = await connectMcp(product);
    try {
      for (const task of ['one', 'two', 'three'])
        await done(own, 'agent_spawn', { task, agent_type: 'explore', background: task !== 'two' });
      // Here its context is compacted: no id is known any more.
      const waited = await done(own, 'agent_wait');
      expect(waited).toMatchObject({ unfinished: [], timed_out: false });
      expect(Object(waited.finished)).toHaveLength(3);
      const { agents } = await done(own, 'agent_list', { scope: 'session' });
      const rows: { agent_id: string; task: string; unread: boolean }[] = Object(agents);
      expect(rows.map(({ task, unread }) => [task, unread])).toEqual([
        ['three', true],
        ['two', false],
        ['one', true],
      ]);
      for (const { agent_id } of rows)
        expect(await done(own, 'agent_output', { agent_id })).toMatchObject({ text: 'an answer' });
    } finally {
      await own.close();
    }
    // The same client, come back as another process: all is there, and to be read.
    const again = await connectMcp(product);
    const { agents } = await done(again, 'agent_list', { status: 'completed', limit: 3 });
    await again.close();
    expect(
      Object(agents).map((agent: { task: string; unread: boolean }) => [agent.task, agent.unread]),
    ).toEqual([
      ['three', true],
      ['two', true],
      ['one', true],
    ]);
  }, 60_000);
});
