import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';
import { endAll, startBga, startInTerminal } from './process';

let models: ModelServer;
let product: Product;
const STEP_MS = 400;
/** A reply that comes only when the tests are over. */
let release: () => void = () => undefined;
const held = new Promise<{ text: string }>((resolve) => {
  release = () => resolve({ text: 'too late' });
});

beforeAll(async () => {
  models = await startModelServer();
  models.script('answers', [
    { text: 'Let me look.', tool: { name: 'list_files', input: {} } },
    { text: 'It is here.\nAnd there.' },
  ]);
  models.script('goes-too-far', (turn) => ({
    text: `step ${turn}`,
    tool: { name: 'search', input: { pattern: `x${turn}` } },
  }));
  models.script('takes-its-time', (turn) =>
    turn < 12
      ? { text: `line ${turn}`, latencyMs: STEP_MS, tool: { name: 'search', input: { pattern: `y${turn}` } } }
      : { text: 'line last' },
  );
  models.script('waits-long', () => held);
  const asks = { name: 'ask', input: { question: 'Where is it?', options: ['In a.txt?', 'In b.txt?'] } };
  models.script('asks-here', [{ tool: asks }, { text: 'Then it is there.' }]);
  models.script('asks-and-waits', (turn) => (turn === 0 ? { tool: asks } : held));
  product = await startProduct({ modelUrl: models.url });
}, 120_000);

afterAll(async () => {
  endAll();
  release();
  await product?.stop();
  await models?.stop();
});

const LINES = [...Array.from({ length: 12 }, (_, turn) => `line ${turn}`), 'line last'];
const idIn = (text: string) => /explore-[0-9a-z]{12}/.exec(text)?.[0] ?? '';

describe('run', () => {
  it('prints the answer on stdout, once, and on stderr what led to it', async () => {
    const { code, stdout, stderr } = await product.bga('run', '-t', 'explore', 'answers');
    expect([code, stdout]).toEqual([0, 'It is here.\nAnd there.\n']);
    expect(stderr).toContain('Let me look.\n');
    expect(stderr).toContain('[tool] list_files');
    expect(stderr).toMatch(/^completed · 2 turns, 1 tool calls/m);
    expect(stderr).not.toContain('It is here.');
    expect(stderr).not.toContain('\u001b');
  });

  it('with --json prints one object', async () => {
    const { code, stdout } = await product.bga('run', '-t', 'explore', 'answers', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      agent_type: 'explore',
      status: 'completed',
      reason: 'answered',
      text: 'It is here.\nAnd there.',
      progress: { turn: 2, tool_calls: 1 },
    });
  });

  it('of an agent that failed prints what it had, tells why, and ends with 1', async () => {
    const args = ['run', '-t', 'explore', '--max-turns', '2', 'goes-too-far'];
    const { code, stdout, stderr } = await product.bga(...args);
    expect([code, stdout]).toEqual([1, 'step 0\nstep 1\n']);
    expect(stderr).toMatch(/^failed \(max_turns\): /m);
  });

  it('interrupted without a terminal leaves the agent running, and says how to go on', async () => {
    const running = startBga(product, 'run', '-t', 'explore', 'waits-long');
    await until(() => models.requests('waits-long').length > 0);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    const agentId = idIn(stderr);
    const { status } = JSON.parse((await product.bga('status', agentId, '--json')).stdout);
    await product.bga('kill', agentId);
    expect([code, stdout, status]).toEqual([4, '', 'running']);
    expect(stderr).toContain(`bga output ${agentId} -f`);
  });

  it('goes on through a kill -9 of the worker and of the server', async () => {
    const running = startBga(product, 'run', '-t', 'explore', 'takes-its-time');
    await running.shows('line 1');
    process.kill(product.workerPid(), 'SIGKILL');
    await running.shows('line 5');
    process.kill(await until(() => product.serverPid()), 'SIGKILL');
    const { code, stdout, stderr } = await running.ended;
    expect([code, stdout]).toEqual([0, 'line last\n']);
    const shown = stderr.split('\n').filter((line) => line.startsWith('line '));
    expect(shown).toEqual(LINES.slice(0, -1));
  }, 90_000);
});

describe('output -f', () => {
  async function spawn(task: string) {
    return (await product.bga('spawn', '-t', 'explore', task)).stdout.trim();
  }

  it('prints each line once until the end, through a restart of the service', async () => {
    const agentId = await spawn('takes-its-time');
    const following = startBga(product, 'output', agentId, '-f');
    await following.shows('line 2');
    await product.bga('down');
    await product.bga('up');
    const { code, stdout } = await following.ended;
    expect(code).toBe(0);
    expect(stdout).toBe(`${LINES.join('\n')}\n`);
  }, 90_000);

  it('prints only what matches, and ends with 1 for an agent that failed', async () => {
    const agentId = (
      await product.bga('spawn', '-t', 'explore', '--max-turns', '2', 'goes-too-far')
    ).stdout.trim();
    const { code, stdout, stderr } = await product.bga('output', agentId, '-f', '--filter', '1$');
    expect([code, stdout]).toEqual([1, 'step 1\n']);
    expect(stderr).toContain('failed (max_turns)');
  });

  it('with --json prints one object at the end', async () => {
    const agentId = await spawn('answers');
    const { code, stdout } = await product.bga('output', agentId, '-f', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'completed', text: 'It is here.\nAnd there.' });
  });

  it('ends quietly when nobody reads it any more', async () => {
    const agentId = await spawn('takes-its-time');
    const following = startBga(product, 'output', agentId, '-f');
    await following.shows('line 0');
    following.child.stdout?.destroy();
    const { code, stderr } = await following.ended;
    await product.bga('kill', agentId);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|Error/);
  });

  it('interrupted, stops watching', async () => {
    const agentId = await spawn('waits-long');
    const following = startBga(product, 'output', agentId, '-f');
    await following.shows(/turn \d/);
    following.child.kill('SIGINT');
    const { code } = await following.ended;
    await product.bga('kill', agentId);
    expect(code).toBe(4);
  });
});

describe('in a terminal, run', () => {
  it('shows a live line, and leaves nothing of it behind', async () => {
    // One that is over before the first look would show none.
    const { code, stdout } = await startInTerminal(product, 'run', '-t', 'explore', 'takes-its-time').ended;
    expect(code).toBe(0);
    expect(stdout).toContain('\u001b[2K');
    expect(stdout).toMatch(/line last\r\n$/);
  });

  it('with NO_COLOR or --no-progress prints plain lines', async () => {
    const { stdout } = await startInTerminal(product, 'run', '-t', 'explore', 'answers', '--no-progress')
      .ended;
    expect(stdout).not.toContain('\u001b[2K');
  });

  it.each([
    ['one of its options', '\u001b[B\r', '', 'In b.txt?'],
    ['other words', '\u001b[B\u001b[B\r', 'neither, in c.txt\r', 'neither, in c.txt'],
  ])('puts what the agent asks, and answers with %s', async (_, chosen, typed, answer) => {
    const running = startInTerminal(product, 'run', '-t', 'explore', 'asks-here');
    await running.shows('Another answer');
    running.child.stdin?.write(chosen);
    // The choice is made, and the words are asked for.
    if (typed !== '') await running.shows(/◇[\s\S]*◆/);
    running.child.stdin?.write(typed);
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toContain(`› ${answer}`);
    // Nothing of the live line stays: no line ends after it.
    expect(stdout).not.toMatch(/ turn \d+\/\d+ · [^\r\n]*\r\n/);
    expect(stdout).toMatch(/Then it is there\.\r\n$/);
  });

  it('leaves a question open at Ctrl-C, and tells how to answer', async () => {
    const running = startInTerminal(product, 'run', '-t', 'explore', 'asks-here');
    await running.shows('Another answer');
    running.child.stdin?.write('\u0003');
    await running.shows('Left open; answer with: bga send');
    const agentId = idIn(running.stdout());
    await product.bga('send', agentId, 'over there');
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Then it is there\.\r\n$/);
  });

  it('takes a question away that somebody else has answered', async () => {
    const running = startInTerminal(product, 'run', '-t', 'explore', 'asks-and-waits');
    await running.shows('Another answer');
    await product.bga('send', idIn(running.stdout()), 'from elsewhere');
    await running.shows('The question is no longer open.');
    // Nothing of it is sent any more, and Ctrl-C means the agent again.
    running.child.stdin?.write('\u0003');
    await running.shows('What now?');
    running.child.stdin?.write('\u001b[B\r');
    expect((await running.ended).code).toBe(1);
  });

  it.each([
    ['leave it running', '\r', 4, 'running'],
    ['stop it', '\u001b[B\r', 1, 'killed'],
  ])('asks at Ctrl-C: %s', async (_, keys, code, status) => {
    const before = models.requests('waits-long').length;
    const running = startInTerminal(product, 'run', '-t', 'explore', 'waits-long');
    // Only from then on is there an agent to ask about.
    await running.shows(/explore-[0-9a-z]{12}: explore/);
    await until(() => models.requests('waits-long').length > before);
    running.child.stdin?.write('\u0003');
    await running.shows('What now?');
    running.child.stdin?.write(keys);
    const ended = await running.ended;
    const agentId = idIn(ended.stdout);
    const now = JSON.parse((await product.bga('status', agentId, '--json')).stdout);
    await product.bga('kill', agentId);
    expect([ended.code, now.status]).toEqual([code, status]);
  });
});
