/** `bga watch` on a real pseudo-terminal, whose screen a terminal emulator shows, with the whole product behind it. */
import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { Terminal } from '@xterm/headless';
import { endAll, type RunningBga, startBga, startInTerminal } from '../cli/process';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

let models: ModelServer;
let product: Product;
let release: () => void = () => undefined;

beforeAll(async () => {
  models = await startModelServer();
  models.script('', () => ({ text: 'first line\n日本語 second line' }));
  const held = new Promise<{ text: string }>((resolve) => {
    release = () => resolve({ text: 'late' });
  });
  models.script('held', (turn) =>
    turn === 0 ? { text: 'So far.', tool: { name: 'list_files', input: {} } } : held,
  );
  product = await startProduct({ modelUrl: models.url });
}, 120_000);
afterAll(async () => {
  release();
  endAll();
  await product?.stop();
  await models?.stop();
});

interface Seen extends RunningBga {
  pid(): number;
  lines(): string[];
  isAlternate(): boolean;
  sees(text: string | RegExp): Promise<void>;
  type(keys: string): void;
}

function watch(...args: string[]): Seen {
  const running = startInTerminal({ ...product, rows: 14 }, 'watch', ...args);
  const terminal = new Terminal({ cols: 100, rows: 14, allowProposedApi: true });
  running.child.stdout?.on('data', (chunk) => terminal.write(chunk));
  const lines = () => {
    const buffer = terminal.buffer.active;
    return Array.from(
      { length: 14 },
      (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '',
    );
  };
  return {
    ...running,
    // The shell has become the program.
    pid: () =>
      Number(
        execFileSync('ps', ['-o', 'pid=', '--ppid', String(running.child.pid)], { encoding: 'utf8' }).trim(),
      ),
    lines,
    isAlternate: () => terminal.buffer.active.type === 'alternate',
    sees: async (text) => {
      const is = (all: string) => (typeof text === 'string' ? all.includes(text) : text.test(all));
      await until(() => is(lines().join('\n'))).catch(() => {
        throw new Error(`Never saw ${text}:\n${lines().join('\n')}\n${running.stderr()}`);
      });
    },
    type: (keys) => void running.child.stdin?.write(keys),
  };
}

async function spawned(task: string): Promise<string> {
  return (await product.bga('spawn', '-t', 'explore', task)).stdout.trim();
}

it('shows the agents, reads one, follows one and stops it, and gives the screen back', async () => {
  const seen = watch();
  await seen.sees('No agents here yet');
  expect(seen.isAlternate()).toBe(true);
  const done = await spawned('quick');
  await seen.sees(new RegExp(`> completed \\*? *${done} .*quick`));
  seen.type('\r');
  await seen.sees('日本語 second line');
  await seen.sees(`${done} · ended · lines 1-`);
  seen.type('q');
  const held = await spawned('held');
  await seen.sees(new RegExp(`running +${held} +[12]/`));
  expect(seen.lines()[2]).toContain(held);
  seen.type('gf');
  await seen.sees(`${held} · following`);
  await seen.sees('So far.');
  seen.type('x');
  await seen.sees(`Stop ${held}?`);
  seen.type('y');
  await seen.sees(`${held}: Killed.`);
  seen.type('qq');
  expect((await seen.ended).code).toBe(0);
  expect(seen.isAlternate()).toBe(false);
  expect(seen.stdout()).toContain('\u001b[?25h\u001b[?1049l');
});

it('draws anew for another size', async () => {
  const seen = watch('--all');
  await seen.sees('tokens');
  const tty = readlinkSync(`/proc/${seen.pid()}/fd/0`);
  execFileSync('stty', ['-F', tty, 'cols', '30', 'rows', '6']);
  await until(() => !seen.lines().slice(0, 6).join('').includes('tokens'));
  await seen.sees(/^bga watch · all directories/);
  seen.type('\u0003');
  expect((await seen.ended).code).toBe(0);
});

it.each(['SIGTERM', 'SIGHUP'] as const)('gives the screen back at %s', async (signal) => {
  const seen = watch();
  await seen.sees('choose');
  process.kill(seen.pid(), signal);
  expect((await seen.ended).code).not.toBe(0);
  expect(seen.stdout()).toContain('\u001b[?1049l');
  expect(seen.isAlternate()).toBe(false);
});

it('gives the screen back while it is stopped, and takes it again afterwards', async () => {
  const seen = watch();
  await seen.sees('choose');
  const pid = seen.pid();
  const state = () => execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  process.kill(pid, 'SIGTSTP');
  await until(() => state().startsWith('T'));
  // `script` stops with its child, passes on what it has read only then, and may wake its child along with itself.
  if (seen.child.pid !== undefined) process.kill(seen.child.pid, 'SIGCONT');
  await until(() => seen.stdout().includes('\u001b[?1049l'));
  process.kill(pid, 'SIGCONT');
  await until(() => seen.stdout().lastIndexOf('\u001b[?1049h') > seen.stdout().indexOf('\u001b[?1049l'));
  await until(() => seen.isAlternate());
  await seen.sees('choose');
  seen.type('q');
  await seen.ended;
});

it('prints a line for each change without a terminal, and an object with --json', async () => {
  const works = await spawned('held');
  const [lines, json] = [startBga(product, 'watch'), startBga(product, 'watch', '--json')];
  await lines.shows('A line for each change of an agent follows');
  // Both have looked once, and tell of who works; what had ended before is no news.
  await Promise.all([lines.shows(works), json.shows(works)]);
  const id = await spawned('another');
  const isTold = new RegExp(`${id} · completed \\* · turn 1/`);
  await Promise.all([lines.shows(isTold), json.shows(id)]);
  await product.bga('kill', works);
  await json.shows('"killed"');
  for (const { child } of [lines, json]) child.kill('SIGINT');
  expect([(await lines.ended).code, (await json.ended).code]).toEqual([0, 0]);
  const events = json
    .stdout()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({
    event: 'agent',
    changed: ['new'],
    agent: { agent_id: works, status: 'running' },
  });
  expect(events.at(-1)).toMatchObject({
    changed: expect.arrayContaining(['status']),
    agent: { agent_id: works, status: 'killed' },
  });
  expect(lines.stdout()).not.toContain('\u001b');
});

it('gives plain lines in a terminal with --no-progress', async () => {
  const id = await spawned('held');
  const seen = watch('--no-progress', '--status', 'running');
  await seen.shows(id);
  expect(seen.stdout()).not.toContain('\u001b');
  seen.type('\u0003');
  expect((await seen.ended).code).toBe(0);
  await product.bga('kill', id);
});

it('refuses a wrong filter before it takes the screen', async () => {
  expect(await product.bga('watch', '--status', 'done')).toMatchObject({ code: 2, stdout: '' });
});

it('says that the service is away, starts none, and goes on when it is back', async () => {
  const seen = watch();
  const lines = startBga(product, 'watch');
  await seen.sees('choose');
  // One that had not reached the service yet would start it.
  const before = await spawned('held');
  await lines.shows(before);
  await product.bga('kill', before);
  await product.bga('down');
  await seen.sees('The service does not answer');
  await lines.shows('The service does not answer; waiting for it.');
  await product.bga('up');
  await seen.sees('choose');
  await lines.shows('The service answers again.');
  const id = await spawned('afterwards');
  await seen.sees(id);
  lines.child.kill('SIGTERM');
  seen.type('q');
  expect([(await seen.ended).code, (await lines.ended).code]).toEqual([0, 0]);
});
