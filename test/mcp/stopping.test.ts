/** How agents are stopped and sessions end, and what goes on when parts of the service go away. */
import { kill, status } from '../../src/agents';
import { readyService } from '../../src/local';
import { type Product, startProduct, until } from '../support/product';
import {
  messageEnd,
  messageStart,
  type RawModelServer,
  type RawReply,
  type RawRequest,
  startRawModelServer,
  textEvents,
  toolEvents,
} from '../support/rawModelServer';
import { connectMcp, done, type Mcp, spawnAgent } from './support';

let models: RawModelServer;
let product: Product;
let mcp: Mcp;

/** `held` never gets an answer; `said something` gets one in its second turn as little; all others are answered at once. */
function reply({ body }: RawRequest): RawReply {
  const turn = body.split('"role":"assistant"').length - 1;
  if (body.includes('held') || (body.includes('said something') && turn > 0)) return { finish: 'stall' };
  const events = body.includes('said something')
    ? [
        ...textEvents(0, 'Found it.'),
        ...toolEvents(1, 'toolu_1', 'list_files', '{}'),
        ...messageEnd('tool_use'),
      ]
    : [...textEvents(0, 'an answer'), ...messageEnd('end_turn')];
  return { events: [messageStart(), ...events] };
}

beforeAll(async () => {
  models = await startRawModelServer(reply);
  product = await startProduct({ modelUrl: models.url });
  mcp = await connectMcp(product);
}, 120_000);

afterAll(async () => {
  await mcp?.close();
  await product?.stop();
  await models?.stop();
});

const look = (agent_id: string) => done(mcp, 'agent_status', { agent_id });
const inTemporal = async (id: string) =>
  (await product.agents.temporal.client.workflow.getHandle(id).describe()).status.name;

/** An agent whose model is being asked in this turn. */
async function running(task: string, turn = 0): Promise<string> {
  const id = await spawnAgent(mcp, task);
  const isAsking = () => models.requests.filter(({ body }) => body.includes(task)).length > turn;
  await until(async () => isAsking() && Number(Object((await look(id)).progress).tool_calls) >= turn);
  return id;
}

/** No worker, and nobody who would start one. */
async function withoutWorker<T>(body: () => Promise<T>): Promise<T> {
  const supervisor = readyService(product.home)?.supervisor.pid;
  if (supervisor === undefined) throw new Error('There is no supervisor.');
  process.kill(supervisor, 'SIGSTOP');
  process.kill(product.workerPid(), 'SIGKILL');
  try {
    return await body();
  } finally {
    process.kill(supervisor, 'SIGCONT');
    await until(async () => (await product.bga('up')).code === 0, 60_000);
  }
}

describe('agent_kill', () => {
  it('aborts the running model call, keeps what was said, and closes the workflow as Canceled', async () => {
    const id = await running('said something, killed', 1);
    const dropped = models.dropped();
    const startMs = Date.now();
    const { data, text } = await mcp.call('agent_kill', { agent_id: id, reason: 'not needed' });
    const tookMs = Date.now() - startMs;
    expect(data).toMatchObject({ agent_id: id, status: 'killed', reason: 'killed' });
    expect(text).toContain('stays readable');
    expect(tookMs).toBeLessThan(10_000);
    expect(await inTemporal(id)).toBe('CANCELLED');
    await until(() => models.dropped() > dropped, 10_000);
    expect(await done(mcp, 'agent_output', { agent_id: id })).toMatchObject({
      status: 'killed',
      text: 'Found it.',
    });
    expect(await look(id)).toMatchObject({
      error: { type: 'killed', message: 'Killed on request. not needed' },
    });
    const again = await mcp.call('agent_kill', { agent_id: id });
    expect(again.data).toMatchObject({ status: 'killed', reason: 'killed' });
    expect(again.text).toContain('already ended as killed (killed)');
  });

  it('says what an agent ended as that had ended by itself', async () => {
    const id = await spawnAgent(mcp, 'quick');
    await done(mcp, 'agent_wait', { agent_ids: [id] });
    const { data, isError } = await mcp.call('agent_kill', { agent_id: id });
    expect(isError).toBe(false);
    expect(data).toMatchObject({ status: 'completed', reason: 'answered' });
    expect(data.message).toContain('already ended as completed (answered)');
    expect(await inTemporal(id)).toBe('COMPLETED');
  });

  it('stops once when asked several times at once', async () => {
    const id = await running('held, killed by many');
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => mcp.call('agent_kill', { agent_id: id })),
    );
    for (const { data } of replies) expect(data).toMatchObject({ status: 'killed', reason: 'killed' });
  });
});

describe('somebody acting in Temporal itself', () => {
  it('a terminated agent reads as killed, with its text and usage', async () => {
    const id = await running('said something, terminated', 1);
    await product.agents.temporal.client.workflow.getHandle(id).terminate('by hand');
    expect(await look(id)).toMatchObject({
      status: 'killed',
      reason: 'killed',
      progress: { turn: 1, tool_calls: 1 },
      usage: { input_tokens: 10 },
      error: { message: expect.stringContaining('terminated in Temporal') },
    });
    expect(await done(mcp, 'agent_output', { agent_id: id })).toMatchObject({
      status: 'killed',
      text: 'Found it.',
    });
    const agents = Object((await done(mcp, 'agent_list', { status: 'killed' })).agents);
    expect(agents).toContainEqual(expect.objectContaining({ agent_id: id, reason: 'killed' }));
  });

  it('a cancelled agent reads as killed, and one that timed out as failed with timeout', async () => {
    const cancelled = await running('held, cancelled');
    await product.agents.temporal.client.workflow.getHandle(cancelled).cancel();
    await done(mcp, 'agent_wait', { agent_ids: [cancelled] });
    expect(await look(cancelled)).toMatchObject({ status: 'killed', reason: 'killed' });
    const { workflow } = product.agents.temporal.client;
    await workflow.start('agent', {
      workflowId: 'explore-000000000001',
      taskQueue: 'nobody',
      workflowRunTimeout: '1s',
      memo: { task: 5, limits: 'none', name: ['x'] },
    });
    const late = await until(async () => {
      const seen = await look('explore-000000000001');
      return seen.status === 'failed' && seen;
    });
    expect(late).toMatchObject({ reason: 'timeout', error: { type: 'timeout' } });
    await workflow.start('other', { workflowId: 'explore-000000000002', taskQueue: 'nobody', args: [] });
    expect((await mcp.call('agent_status', { agent_id: 'explore-000000000002' })).text).toContain('No agent');
    await workflow.getHandle('explore-000000000002').terminate();
  });
});

describe('no worker', () => {
  it('leaves results readable, and takes kills as requests', async () => {
    const ended = await spawnAgent(mcp, 'ended before');
    await done(mcp, 'agent_wait', { agent_ids: [ended] });
    const open = await running('said something, no worker', 1);
    const pending = await withoutWorker(async () => {
      const fresh = await connectMcp(product);
      try {
        const read = await done(fresh, 'agent_output', { agent_id: ended, view: 'full' });
        expect(read).toMatchObject({ status: 'completed', text: 'an answer' });
        expect(read.note).toContain('without its tool calls');
        expect(await done(fresh, 'agent_output', { agent_id: ended })).toMatchObject({ text: 'an answer' });
        const id = await spawnAgent(fresh, 'quick', { lifetime: 'detached' });
        expect(await done(fresh, 'agent_status', { agent_id: id })).toMatchObject({ status: 'pending' });
        expect(await done(fresh, 'agent_output', { agent_id: id })).toMatchObject({
          status: 'pending',
          text: '',
        });
        const waited = await done(fresh, 'agent_wait', { agent_ids: [id, open], timeout_ms: 500 });
        expect(waited).toMatchObject({ finished: [], timed_out: true });
        const kills = [id, id, open].map((agent_id) => done(fresh, 'agent_kill', { agent_id }));
        const requested = { message: expect.stringContaining('requested') };
        expect(await Promise.all(kills)).toMatchObject([
          { status: 'pending', ...requested },
          { status: 'pending', ...requested },
          { status: 'running', ...requested },
        ]);
        return id;
      } finally {
        await fresh.close();
      }
    });
    const waited = await done(mcp, 'agent_wait', { agent_ids: [pending, open], timeout_ms: 50_000 });
    expect(waited).toMatchObject({
      finished: [
        { agent_id: pending, status: 'killed', reason: 'killed' },
        { agent_id: open, status: 'killed', result: 'Found it.' },
      ],
    });
  }, 180_000);
});

describe('the end of a session', () => {
  async function session() {
    const own = await connectMcp(product);
    const bound = await spawnAgent(own, 'held for the session');
    const detached = await spawnAgent(own, 'held, detached', { lifetime: 'detached' });
    await until(async () => (await done(own, 'agent_status', { agent_id: bound })).status === 'running');
    return { own, bound, detached };
  }
  async function expectEnded({ bound, detached }: { bound: string; detached: string }) {
    await done(mcp, 'agent_wait', { agent_ids: [bound] });
    expect(await look(bound)).toMatchObject({ status: 'killed', reason: 'session_ended' });
    expect(['pending', 'running']).toContain((await look(detached)).status);
    await done(mcp, 'agent_kill', { agent_id: detached });
  }

  it('stops its agents when the client closes stdin, and leaves the detached ones', async () => {
    const { own, ...ids } = await session();
    await own.close();
    await expectEnded(ids);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'stops its agents when the server is told to end by %s',
    async (signal) => {
      const { own, ...ids } = await session();
      process.kill(own.pid, signal);
      await expectEnded(ids);
      await own.close();
    },
  );

  it('stops an agent whose spawn was under way', async () => {
    const own = await connectMcp(product);
    await done(own, 'agent_list');
    const spawning = own.client
      .callTool({
        name: 'agent_spawn',
        arguments: { task: 'held, spawned at the end', agent_type: 'explore' },
      })
      .catch(() => undefined);
    await own.close();
    await spawning;
    const open = async () => {
      const agents = Object((await done(mcp, 'agent_list', { status: 'running' })).agents);
      return agents.filter(({ task }: { task: string }) => task === 'held, spawned at the end').length === 0;
    };
    await until(open);
  });
});

describe('a service that comes and goes', () => {
  it('answers the next call after the server was killed', async () => {
    const id = await spawnAgent(mcp, 'before the crash');
    await done(mcp, 'agent_wait', { agent_ids: [id] });
    const before = product.serverPid();
    process.kill(before, 'SIGKILL');
    await until(() => {
      const pid = readyService(product.home)?.server?.pid;
      return pid !== undefined && pid !== before;
    }, 60_000);
    const seen = await spawnAgent(mcp, 'after the crash');
    await done(mcp, 'agent_wait', { agent_ids: [seen], timeout_ms: 50_000 });
    expect(await look(seen)).toMatchObject({ status: 'completed' });
  }, 120_000);

  it('is started again by the next call after bga down', async () => {
    const id = await spawnAgent(mcp, 'before going down');
    await done(mcp, 'agent_wait', { agent_ids: [id] });
    expect((await product.bga('down')).code).toBe(0);
    const replies = await Promise.all([1, 2, 3].map(() => mcp.call('agent_status', { agent_id: id })));
    for (const { data } of replies) expect(data).toMatchObject({ status: 'completed' });
    const after = await spawnAgent(mcp, 'after going down');
    expect(await done(mcp, 'agent_wait', { agent_ids: [after] })).toMatchObject({ timed_out: false });
    const other = await product.openSession();
    expect(await status(other, after)).toMatchObject({ status: 'completed' });
    expect((await kill(other, after)).message).toContain('already ended');
  }, 120_000);
});
