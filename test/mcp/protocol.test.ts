/** What needs no Temporal: the table of tools, their schemas, the wire, and how wrong arguments are refused. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv, until } from '../support/product';
import { connectMcp, type Mcp, type Place, rawMcp, TOOLS } from './support';

let place: Place;
let mcp: Mcp;

beforeAll(async () => {
  const home = mkdtempSync(join(tmpdir(), 'bga-protocol-'));
  // Nothing listens there.
  place = { env: cleanEnv(home, { TEMPORAL_ADDRESS: '127.0.0.1:1' }), workspace: home };
  mcp = await connectMcp(place);
});

afterAll(async () => {
  await mcp?.close();
  rmSync(place.workspace, { recursive: true, force: true });
});

describe('the table of tools', () => {
  it('is the eight of the contract, each with title, annotations and texts under 2 KB', async () => {
    const { tools } = await mcp.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(TOOLS);
    for (const tool of tools) {
      expect(tool.title).toBeTruthy();
      expect(Buffer.byteLength(tool.description ?? '')).toBeGreaterThan(100);
      expect(Buffer.byteLength(tool.description ?? '')).toBeLessThan(2_048);
      expect(Object.keys(tool.annotations ?? {}).sort()).toEqual([
        'destructiveHint',
        'idempotentHint',
        'openWorldHint',
        'readOnlyHint',
      ]);
    }
    expect(Buffer.byteLength(mcp.client.getInstructions() ?? '')).toBeLessThan(2_048);
  });

  it('describes every argument, allows no others, and types every result', async () => {
    const { tools } = await mcp.client.listTools();
    for (const { inputSchema, outputSchema } of tools) {
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      for (const field of Object.values(inputSchema.properties ?? {}))
        expect(Object(field).description).toEqual(expect.any(String));
      expect(outputSchema).toMatchObject({ type: 'object' });
      expect(Object.keys(outputSchema?.properties ?? {})).not.toHaveLength(0);
      for (const schema of [Object(inputSchema), Object(outputSchema)])
        for (const name of schema.required ?? []) expect(schema.properties).toHaveProperty(name);
    }
  });

  it('changes only on purpose', async () => {
    expect(await mcp.client.listTools()).toMatchSnapshot();
    expect(mcp.client.getInstructions()).toMatchSnapshot();
    expect(await mcp.client.listResourceTemplates()).toMatchSnapshot();
    expect(await mcp.client.listPrompts()).toMatchSnapshot();
    expect(mcp.client.getServerCapabilities()).toMatchSnapshot();
  });

  it('has prompts that put the tools to use, in the words of whoever picks them', async () => {
    const prefixed = await connectMcp(place, { BGA_TOOL_PREFIX: 'go_ent_' });
    try {
      const textOf = async (name: string, args: Record<string, string>) => {
        const { messages } = await prefixed.client.getPrompt({ name, arguments: args });
        return String(Object(messages[0]?.content).text);
      };
      const research = await textOf('parallel_research', { question: 'What is agent_list?', agents: '3' });
      expect(research).toContain('What is agent_list?');
      expect(research).toContain('at most 3 questions');
      expect(research).toContain('go_ent_agent_spawn');
      expect(await textOf('audit', { target: 'src/login' })).toContain('audit this: src/login');
      for (const args of [{}, { question: 'x', agents: '99' }, { question: 'x', more: 'y' }])
        await expect(
          prefixed.client.getPrompt({ name: 'parallel_research', arguments: args }),
        ).rejects.toThrow();
      await expect(prefixed.client.getPrompt({ name: 'audit' })).rejects.toThrow(
        'target is missing (What to audit: a directory, a component, a change.). Its arguments are: target, concern.',
      );
      await expect(prefixed.client.getPrompt({ name: 'constructor' })).rejects.toThrow();
    } finally {
      await prefixed.close();
    }
  });

  it('lists no resources before the first call, which starts nothing, and says when none can be read', async () => {
    const fresh = await connectMcp(place);
    try {
      expect(await fresh.client.listResources()).toMatchObject({ resources: [] });
      await expect(fresh.client.readResource({ uri: 'agent://explore-000000000000/output' })).rejects.toThrow(
        'cannot be reached',
      );
      await expect(fresh.client.readResource({ uri: 'agent://x/nothing' })).rejects.toMatchObject({
        code: -32602,
      });
    } finally {
      await fresh.close();
    }
  });

  it('carries the prefix in names, descriptions, instructions and error texts, and leaves quotations alone', async () => {
    const prefixed = await connectMcp(place, { BGA_TOOL_PREFIX: 'go_ent_' });
    try {
      const { tools } = await prefixed.client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(TOOLS.map((name) => `go_ent_${name}`));
      const texts = [prefixed.client.getInstructions(), ...tools.map(({ description }) => description)];
      expect(texts.join('\n')).toContain('go_ent_agent_wait');
      expect(texts.join('\n')).not.toMatch(/(?<!go_ent_)\bagent_(spawn|status|output|wait|kill|list)\b/);
      const refused = await prefixed.call('go_ent_agent_spawn', { tsk: 'x', model: { agent_list: 1 } });
      expect(refused.text).toContain('Invalid arguments for go_ent_agent_spawn');
      expect(refused.text).toContain('{"agent_list":1}');
    } finally {
      await prefixed.close();
    }
  });
});

describe('wrong arguments are refused by name, and nothing is done', () => {
  const cases: [string, string, Record<string, unknown>, string[]][] = [
    [
      'a slip',
      'agent_spawn',
      { tsk: 'x' },
      ['unknown argument "tsk"', 'Did you mean "task"', 'task is missing'],
    ],
    ['an empty task', 'agent_spawn', { task: '' }, ['task is empty']],
    ['a blank task', 'agent_spawn', { task: ' \n ' }, ['task is empty']],
    [
      'a huge task',
      'agent_spawn',
      { task: 'x'.repeat(100_001) },
      ['at most 100000 characters long and has 100001'],
    ],
    [
      'a short time',
      'agent_spawn',
      { task: 'x', timeout_ms: 999 },
      ['timeout_ms must be at least 1000 and is 999'],
    ],
    ['a long time', 'agent_spawn', { task: 'x', timeout_ms: 604_800_001 }, ['at most 604800000']],
    [
      'half a turn',
      'agent_spawn',
      { task: 'x', max_turns: 1.5 },
      ['max_turns must be a whole number and is 1.5'],
    ],
    [
      'no number',
      'agent_spawn',
      { task: 'x', max_cost_usd: Number.NaN },
      ['max_cost_usd must be a number and is null'],
    ],
    [
      'no money',
      'agent_spawn',
      { task: 'x', max_cost_usd: 0 },
      ['max_cost_usd must be more than 0 and is 0'],
    ],
    [
      'a lifetime',
      'agent_spawn',
      { task: 'x', lifetime: 'long' },
      ['one of "session", "detached" and is "long"'],
    ],
    [
      'text for a flag',
      'agent_spawn',
      { task: 'x', background: 'no' },
      ['background must be a boolean and is "no"'],
    ],
    [
      'a session, which the connection is',
      'agent_spawn',
      { task: 'x', session: 'mine' },
      ['unknown argument "session" (this connection is the session; only calls over HTTP name theirs)'],
    ],
    ['a hostile key', 'agent_spawn', { task: 'x', constructor: 1 }, ['unknown argument "constructor"']],
    ['no id', 'agent_status', {}, ['agent_id is missing']],
    [
      'a list of all sorts',
      'agent_wait',
      { agent_ids: ['explore-000000000000', 3] },
      ['agent_ids[1] must be a string'],
    ],
    ['an empty list', 'agent_wait', { agent_ids: [] }, ['agent_ids must be at least 1 entries long']],
    ['a long wait', 'agent_wait', { timeout_ms: 55_001 }, ['timeout_ms must be at most 55000']],
    ['a view', 'agent_output', { agent_id: 'x', view: 'all' }, ['view must be one of "result", "full"']],
    [
      'too few characters',
      'agent_output',
      { agent_id: 'x', max_chars: 40_001 },
      ['max_chars must be at most 40000'],
    ],
    ['a status', 'agent_list', { status: 'done' }, ['status must be one of "pending"']],
  ];
  it.each(cases)('%s', async (_, tool, args, texts) => {
    const { isError, text } = await mcp.call(tool, args);
    expect(isError).toBe(true);
    for (const part of texts) expect(text).toContain(part);
    expect(text).toContain('The call did nothing.');
  });
});

describe('the wire', () => {
  const hello = (version: string) => ({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: version, capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  });

  it('answers tools/list soon after the process starts, with no Temporal anywhere', async () => {
    const startMs = Date.now();
    const raw = rawMcp(place);
    raw.send(hello('2025-06-18'));
    raw.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    raw.send({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
    const listed = await raw.answerTo(2);
    const tookMs = Date.now() - startMs;
    // Before anything is judged: what is still there would keep a failed run from ending.
    raw.process.stdin?.end();
    expect(await raw.exited).toBe(0);
    expect(Object(listed.result).tools).toHaveLength(TOOLS.length);
    expect(tookMs).toBeLessThan(10_000);
  });

  it('carries protocol only on stdout, whatever comes in', async () => {
    const raw = rawMcp(place, { NODE_OPTIONS: '--trace-warnings', BGA_WORKSPACE_ROOTS: '/nonexistent' });
    raw.send(hello('2025-06-18'));
    raw.send('this is no JSON');
    raw.send('{"jsonrpc":"2.0"}');
    raw.send({ jsonrpc: '2.0', id: 2, method: 'no/such' });
    raw.send({
      jsonrpc: '2.0',
      id: 3,
      method: 'tools/call',
      params: { name: 'agent_nothing', arguments: {} },
    });
    raw.send({ jsonrpc: '2.0', id: 4, method: 'tools/call', params: { name: 'agent_spawn' } });
    expect(await raw.answerTo(2)).toMatchObject({ error: { code: -32601 } });
    expect(await raw.answerTo(3)).toMatchObject({ error: { code: -32602 } });
    expect(await raw.answerTo(4)).toMatchObject({ result: { isError: true } });
    raw.process.stdin?.end();
    await raw.exited;
    for (const line of raw.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  });

  it('ends when the client is gone from both ends, also in the middle of a call', async () => {
    const raw = rawMcp(place);
    raw.send(hello('2025-06-18'));
    await raw.answerTo(1);
    raw.send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'agent_list', arguments: {} } });
    raw.process.stdout?.destroy();
    raw.process.stdin?.destroy();
    await raw.exited;
  });
});

describe('Temporal that cannot be reached', () => {
  const unreachable = async (address: string) => {
    const away = await connectMcp(place, { TEMPORAL_ADDRESS: address });
    try {
      const startMs = Date.now();
      const { isError, text } = await away.call('agent_spawn', { task: 'x' });
      return { isError, text, tookMs: Date.now() - startMs };
    } finally {
      await away.close();
    }
  };

  it('is said with its address when nothing listens there', async () => {
    const { isError, text, tookMs } = await unreachable('127.0.0.1:1');
    expect(isError).toBe(true);
    expect(text).toContain('127.0.0.1:1');
    expect(text).toContain('bga doctor');
    expect(tookMs).toBeLessThan(20_000);
  });

  it('is said with its address when what listens there says nothing', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await until(() => mute.listening);
    const address = mute.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { isError, text, tookMs } = await unreachable(`127.0.0.1:${port}`);
    mute.close();
    expect(isError).toBe(true);
    expect(text).toContain(`127.0.0.1:${port}`);
    expect(tookMs).toBeLessThan(20_000);
  }, 60_000);
});
