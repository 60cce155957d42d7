import { type Readiness, startHealthServer } from '../../src/health/server';
import { readinessOf } from '../../src/health/worker';

const polling = { draining: false, queues: [{ queue: 'agents', polling: true }] };

it.each([
  ['polls and the server answers', polling, true, undefined],
  ['is draining', { ...polling, draining: true }, true, 'it was told to end, and takes no more work'],
  [
    'lost a poller',
    { ...polling, queues: [{ queue: 'agents', polling: false }] },
    true,
    'it does not poll agents',
  ],
  ['has no server', polling, false, 'the Temporal server does not answer'],
])('a worker that %s', (_, state, serverAnswers, reason) => {
  const { ready, reason: said } = readinessOf(state, serverAnswers);
  expect([ready, said]).toEqual([reason === undefined, reason]);
});

it('answers with 200 or 503, alive as long as it answers, and nothing else', async () => {
  let now: Readiness = { ready: true };
  const server = await startHealthServer({ host: '127.0.0.1', port: 0, readiness: async () => now });
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return [answer.status, await answer.json()];
  };
  try {
    expect(await get('/readyz')).toEqual([200, { ready: true }]);
    now = { ready: false, reason: 'why' };
    expect(await get('/readyz?full')).toEqual([503, { ready: false, reason: 'why' }]);
    expect(await get('/healthz')).toEqual([200, { alive: true }]);
    expect((await get('/'))[0]).toBe(404);
    expect((await get('/readyz', 'POST'))[0]).toBe(405);
  } finally {
    await server.close();
  }
});
