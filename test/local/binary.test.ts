import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type { BinaryOptions, LocalServiceError, ProgressUpdate } from '../../src/local';
import { identify } from '../../src/local/process';
import { cleanUp, fakeTemporal, local, makeDir, until, writeProgram } from './support';

const ignore = () => undefined;

/** A machine of its own: nothing on the PATH but what a test puts there, and no network. */
function machine() {
  const home = makeDir('binary');
  const bin = path.join(home, 'bin');
  fs.mkdirSync(bin);
  // The fakes are shell scripts, which need the ordinary tools; none of the folders has a `go` or a `temporal`.
  for (const tool of ['sleep', 'cat', 'chmod', 'mkdir', 'echo']) linkTool(tool, bin);
  const options: BinaryOptions = {
    cacheDir: path.join(home, 'cache'),
    env: { PATH: bin, BGA_NO_DOWNLOAD: '1' },
  };
  return { home, bin, options, cached: local.cachedBinary(options.cacheDir) };
}

function linkTool(tool: string, bin: string): void {
  const found = ['/bin', '/usr/bin'].map((dir) => path.join(dir, tool)).find((file) => fs.existsSync(file));
  if (found) fs.symlinkSync(found, path.join(bin, tool));
}

/** Stands in for `go install`: it takes its time and writes down what it is asked. */
function fakeGo(bin: string, seconds: string, asked: string): void {
  const built = writeProgram(path.dirname(bin), 'built', fakeTemporal('1.29.1'));
  const build = `cat "${built}" > "$GOBIN/temporal"; chmod 755 "$GOBIN/temporal"`;
  writeProgram(
    bin,
    'go',
    `echo "$@" >> "${asked}"; echo $$ > "${asked}.pid"; echo "go: downloading things" >&2; sleep ${seconds}; ${build}`,
  );
}

async function refusal(options: BinaryOptions): Promise<LocalServiceError> {
  return local.resolveBinary(options, ignore).then(
    () => {
      throw new Error('a binary was found');
    },
    (error) => error,
  );
}

afterEach(cleanUp);

describe('the Temporal binary', () => {
  it('is the configured one before any other', async () => {
    const { home, bin, options } = machine();
    writeProgram(bin, 'temporal', fakeTemporal('1.28.0'));
    const serverBinary = writeProgram(home, 'my temporal', fakeTemporal('1.30.0'));
    expect(await local.resolveBinary({ ...options, serverBinary }, ignore)).toEqual({
      path: serverBinary,
      version: '1.30.0',
      source: 'configured',
    });
  });

  it.each([
    ['that does not exist', () => '/nowhere/temporal', /does not exist/],
    ['that is a folder', (home: string) => home, /not an executable file/],
    [
      'that is something else',
      (home: string) => writeProgram(home, 'x', 'echo calendar'),
      /not the Temporal CLI/,
    ],
    ['that crashes', (home: string) => writeProgram(home, 'y', 'exit 3'), /does not run/],
  ])('is refused when one is configured %s, instead of taking another', async (_, file, text) => {
    const { home, bin, options } = machine();
    writeProgram(bin, 'temporal', fakeTemporal('1.28.0'));
    const error = await refusal({ ...options, serverBinary: file(home) });
    expect(error.code).toBe('bad_binary');
    expect(error.message).toMatch(text);
  });

  it('is the one on the PATH before the cached one, and the cached one when that does not run', async () => {
    const { bin, options, cached } = machine();
    fs.mkdirSync(path.dirname(cached), { recursive: true });
    writeProgram(path.dirname(cached), 'temporal', fakeTemporal('1.29.1'));
    expect(await local.resolveBinary(options, ignore)).toMatchObject({ path: cached, source: 'cache' });
    const onPath = writeProgram(bin, 'temporal', fakeTemporal('1.28.0'));
    expect(await local.resolveBinary(options, ignore)).toMatchObject({ path: onPath, source: 'PATH' });
    writeProgram(bin, 'temporal', 'exit 126');
    expect(await local.resolveBinary(options, ignore)).toMatchObject({ path: cached, source: 'cache' });
  });

  it('is none that npm or npx put on the PATH, from the folder that they were started in', async () => {
    const { home, bin, options, cached } = machine();
    fs.mkdirSync(path.dirname(cached), { recursive: true });
    writeProgram(path.dirname(cached), 'temporal', fakeTemporal('1.29.1'));
    const theirs = path.join(home, 'clone', 'node_modules', '.bin');
    fs.mkdirSync(theirs, { recursive: true });
    writeProgram(theirs, 'temporal', fakeTemporal('1.28.0'));
    const env = { ...options.env, PATH: [theirs, `${theirs}/`, '.', 'bin', bin].join(path.delimiter) };
    expect(await local.resolveBinary({ ...options, env }, ignore)).toMatchObject({ path: cached });
  });

  it('is that of the service that runs before any is fetched, if it still runs', async () => {
    const { home, bin, options, cached } = machine();
    fakeGo(bin, '0', path.join(home, 'asked'));
    const running = writeProgram(home, 'running', fakeTemporal('1.29.1'));
    expect(await local.resolveBinary(options, ignore, running)).toMatchObject({
      path: running,
      source: 'running',
    });
    fs.rmSync(running);
    expect(await local.resolveBinary(options, ignore, running)).toMatchObject({ path: cached, source: 'go' });
  });

  it('is built with Go when the network refuses the download, with progress', async () => {
    const { home, bin, options, cached } = machine();
    fakeGo(bin, '1.5', path.join(home, 'asked'));
    // Nobody listens there, so every connection is refused at once.
    const env = { PATH: bin, HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' };
    const said: ProgressUpdate[] = [];
    const found = await local.resolveBinary({ ...options, env }, (update) => said.push(update));
    expect(found).toEqual({ path: cached, version: '1.29.1', source: 'go' });
    expect(fs.readFileSync(path.join(home, 'asked'), 'utf8')).toBe(
      `install -v github.com/temporalio/cli/cmd/temporal@${local.TEMPORAL_CLI_VERSION}\n`,
    );
    expect(said.map(({ text }) => text).join('\n')).toMatch(
      /downloading Temporal.*building Temporal.*about three minutes, once: getting its sources: things/s,
    );
    expect(fs.readdirSync(options.cacheDir)).toEqual([path.basename(path.dirname(cached))]);
    expect(await local.resolveBinary(options, ignore)).toMatchObject({ source: 'cache' });
  });

  it('is built once for two callers at the same instant', async () => {
    const { home, bin, options } = machine();
    fakeGo(bin, '1.5', path.join(home, 'asked'));
    const said: string[] = [];
    const found = await Promise.all(
      [1, 2, 3].map(() => local.resolveBinary(options, ({ text }) => said.push(text))),
    );
    expect(found.map(({ source }) => source).sort()).toEqual(['cache', 'cache', 'go']);
    expect(fs.readFileSync(path.join(home, 'asked'), 'utf8').trim().split('\n')).toHaveLength(1);
    expect(said.join('\n')).toMatch(/waiting for process \d+, which is fetching Temporal/);
  });

  it('is built after a caller was killed in the middle', async () => {
    const { home, bin, options } = machine();
    fakeGo(bin, '30', path.join(home, 'asked'));
    const script = `require(${JSON.stringify(require.resolve('../../dist/src/local'))}).resolveBinary(JSON.parse(process.argv[1]), () => {})`;
    const caller = spawn(process.execPath, ['-e', script, JSON.stringify(options)], { detached: true });
    await until('the build has begun', () => (fs.existsSync(path.join(home, 'asked')) ? true : undefined));
    const exited = once(caller, 'exit');
    if (caller.pid) process.kill(-caller.pid, 'SIGKILL');
    await exited;
    const builder = Number(fs.readFileSync(path.join(home, 'asked.pid'), 'utf8'));
    await until('the build has ended with its caller', () => (identify(builder) ? undefined : true));

    fakeGo(bin, '0', path.join(home, 'asked'));
    expect(await local.resolveBinary(options, ignore)).toMatchObject({ source: 'go' });
    expect(fs.readdirSync(options.cacheDir)).toEqual([`temporal-${local.TEMPORAL_CLI_VERSION}`]);
  });

  it('is not installed when what was built does not run', async () => {
    const { bin, options, cached } = machine();
    writeProgram(bin, 'go', 'echo "exit 1" > "$GOBIN/temporal"; chmod 755 "$GOBIN/temporal"');
    expect((await refusal(options)).code).toBe('no_binary');
    expect(fs.existsSync(cached)).toBe(false);
  });

  it('is asked for in an error that names what was tried, and every way to get it', async () => {
    const { bin, options, cached } = machine();
    writeProgram(bin, 'go', 'echo "go: module lookup disabled" >&2; exit 1');
    const { code, message } = await refusal(options);
    expect(code).toBe('no_binary');
    for (const part of ['no "temporal" on the PATH', 'BGA_NO_DOWNLOAD=1', 'module lookup disabled', cached]) {
      expect(message).toContain(part);
    }
    for (const way of ['install the Temporal CLI', 'BGA_TEMPORAL_BINARY', 'go install', 'TEMPORAL_ADDRESS']) {
      expect(message).toContain(way);
    }
  });
});
