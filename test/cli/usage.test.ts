import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { runBga } from '../support/product';
import { type Home, newHome, startBga } from './process';

let home: Home;
beforeAll(() => {
  home = newHome();
  writeFileSync(join(home.workspace, 'file.txt'), 'x');
});
afterAll(() => home.remove());

/** Nothing on stdout, and nothing started. */
async function refused(...args: string[]) {
  const { code, stdout, stderr } = await home.bga(...args);
  expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
  expect(existsSync(join(home.home, 'service.json'))).toBe(false);
  return stderr;
}

describe('help', () => {
  it('lists every command, with examples and the exit codes', async () => {
    const { code, stdout, stderr } = await home.bga('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of 'run spawn list status output wait kill up down doctor mcp types config worker'.split(
      ' ',
    ))
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(stdout).toContain('Exit codes:');
  });

  it('is what bga alone prints', async () => {
    const [alone, asked] = await Promise.all([home.bga(), home.bga('--help')]);
    expect(alone).toEqual(asked);
  });

  it('describes a command with its options', async () => {
    const { code, stdout } = await home.bga('spawn', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--max-cost-usd');
  });

  it('loads neither Temporal, zod nor the MCP SDK', async () => {
    const list = join(home.home, '..', 'loaded.cjs');
    writeFileSync(
      list,
      'process.on("exit", () => process.stderr.write(Object.keys(require.cache).join("\\n")));',
    );
    const { stderr } = await runBga(
      { ...home.env, NODE_OPTIONS: `--require ${list}` },
      home.workspace,
      '--help',
    );
    expect(stderr).toContain('commander');
    expect(stderr).not.toMatch(/node_modules\/(@temporalio|zod|@modelcontextprotocol|@anthropic-ai)/);
  });
});

it.each(['--health-port', '--metrics-port'])(
  'a worker whose %s is taken says so before it asks Temporal for anything',
  async (option) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    // Where nobody answers: connecting would take its time, and end with 3.
    const env = { ...home.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const { code, stderr } = await runBga(env, home.workspace, 'worker', option, port);
    taken.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`${option}: cannot listen on 127.0.0.1:${port}`);
  },
);

describe('a mistake on the command line is refused before anything is started', () => {
  it.each([
    [['statsu'], 'Did you mean status?'],
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['spawn', '--tpye', 'x', 'y'], 'Did you mean --type?'],
    [['status'], "missing required argument 'agent_id'"],
    [['status', 'a', 'b'], 'too many arguments'],
    [['spawn'], "missing required argument 'task'"],
    [['spawn', '  '], 'task: is empty'],
    [['spawn', '--max-turns', 'many', 'x'], '--max-turns: expected a number'],
    [['spawn', '--timeout-ms', '5', 'x'], '--timeout-ms: has to be at least 1000'],
    [['list', '--status', 'done'], '--status: expected one of'],
    [['list', '--limit', '1000'], '--limit: has to be at most 100'],
    [['spawn', '-t', 'explor', 'x'], 'Did you mean "explore"?'],
    [['spawn', '-m', 'gpt', 'x'], 'Unknown model "gpt"'],
    [['run', '-C', 'nowhere', 'x'], 'does not exist'],
    [['run', '-C', 'file.txt', 'x'], 'is a file, not a directory'],
    [['list', '-C', 'nowhere'], 'does not exist'],
    [['config', 'setkey'], 'Did you mean "set-key"?'],
    [['worker'], 'Set TEMPORAL_ADDRESS'],
    [['output', 'x', '--view', 'all'], '--view: expected one of'],
    [['wait', '--timeout-ms', '-1'], '--timeout-ms: has to be at least 0'],
  ])('%j', async (args, told) => {
    expect(await refused(...args)).toContain(told);
  });

  it.each([
    ['FILE names no task', ''],
    ['FILE names 51 tasks; at most 50 tasks', '{"task":"a"}\n'.repeat(51)],
    ['FILE, line 3: Unrecognized key: "nme".', '{"task":"a"}\n\n{"task":"b","nme":"c"}'],
    ['FILE, line 2: task: is missing.', '{"task":"a"}\n{"name":"c"}'],
    ['FILE, line 1: max_turns: has to be at least 1.', '{"task":"a","max_turns":0}'],
    ['FILE, line 2 is no JSON object', '{"task":"a"}\nnonsense'],
    ['FILE cannot be read', undefined],
  ])('spawn --many: %s', async (told, text) => {
    const file = join(home.workspace, 'tasks.jsonl');
    rmSync(file, { force: true });
    if (text !== undefined) writeFileSync(file, text);
    expect(await refused('spawn', '--many', file)).toContain(`--many ${told.replace('FILE', file)}`);
  });

  it('spawn --many with a wrong option: the option', async () => {
    const file = join(home.workspace, 'tasks.jsonl');
    writeFileSync(file, '{"task":"a"}');
    expect(await refused('spawn', '--many', file, '--timeout-ms', '5')).toContain(
      'bga: --timeout-ms: has to be at least 1000',
    );
  });

  it('a corrupt configuration: file, line and key', async () => {
    const broken = newHome();
    writeFileSync(join(broken.workspace, '.background-agents.json'), '{\n  "toolPrefx": "x"\n}\n');
    const { code, stdout, stderr } = await broken.bga('list');
    const down = await broken.bga('down');
    await broken.remove();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/\.background-agents\.json:2.*toolPrefx/s);
    expect(down.code).toBe(0);
  });
});

it('a server that cannot be reached is code 3, naming the address', async () => {
  const env = { ...home.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const commands = ['list', 'spawn x', 'wait', 'worker', 'output explore-7m2k9qd4x0tz -f'];
  const results = await Promise.all(
    commands.map((command) => startBga({ ...home, env }, ...command.split(' ')).ended),
  );
  for (const { code, stdout, stderr } of results) {
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('127.0.0.1:1');
  }
});

describe('types', () => {
  it('shows each type with its tier, and the models of the tiers', async () => {
    const { code, stdout } = await home.bga('types');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^audit +opus +400 +24 h +Looks for/m);
    expect(stdout).toContain('haiku is claude-haiku-5-5');
  });

  it('as JSON has limits and descriptions, and no instructions', async () => {
    const { types } = JSON.parse((await home.bga('types', '--json')).stdout);
    expect(types[0]).toMatchObject({ name: 'explore', tier: 'haiku', model: 'claude-haiku-5-5' });
    expect(types[0]).not.toHaveProperty('instructions');
  });
});

describe('config', () => {
  const CANARY = 'canary-4711-secret';

  it('shows values and sources, and never a secret', async () => {
    const place = newHome({
      ANTHROPIC_API_KEY: CANARY,
      ANTHROPIC_BASE_URL: `https://user:${CANARY}@gateway.example/v1?token=${CANARY}`,
      BGA_MAX_TURNS: '7',
      TEMPORAL_API_KEY: CANARY,
    });
    const results = await Promise.all([
      place.bga('config'),
      place.bga('config', '--json'),
      place.bga('doctor'),
    ]);
    await place.remove();
    expect(JSON.stringify(results)).not.toContain(CANARY);
    expect(results[0]?.stdout).toMatch(/^limits.maxTurns +environment BGA_MAX_TURNS +7$/m);
    expect(results[0]?.stdout).toContain('gateway.example');
    expect(JSON.parse(results[1]?.stdout ?? '').settings).toContainEqual({
      key: 'apiKey',
      value: 'set (from environment)',
      source: 'environment',
    });
  });

  it('set-key stores a trimmed key that only its owner can read, and unset-key removes it', async () => {
    const place = newHome();
    const setting = startBga(place, 'config', 'set-key');
    setting.child.stdin?.end(`  ${CANARY}\n`);
    const set = await setting.ended;
    const file = join(place.home, 'anthropic-key');
    const seen = { text: readFileSync(file, 'utf8'), mode: statSync(file).mode & 0o777 };
    const config = await place.bga('config');
    chmodSync(file, 0o644);
    const doctor = await place.bga('doctor');
    const unset = await place.bga('config', 'unset-key');
    const left = existsSync(file);
    await place.remove();
    expect(set.code).toBe(0);
    expect(seen).toEqual({ text: `${CANARY}\n`, mode: 0o600 });
    expect(config.stdout).toContain('set (from file)');
    expect(JSON.stringify([set, config, doctor])).not.toContain(CANARY);
    expect(doctor.stdout).toContain(`chmod 600 ${file}`);
    expect(unset.stdout).toContain('removed');
    expect(left).toBe(false);
  });

  it('refuses an empty key', async () => {
    const setting = startBga(home, 'config', 'set-key');
    setting.child.stdin?.end('\n');
    expect(await setting.ended).toMatchObject({ code: 2, stdout: '' });
  });

  it('names the file and the key of a wrong value', async () => {
    const place = newHome();
    const file = join(dirname(place.home), 'config', 'background-agents', 'config.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '{\n  "limits": {\n    "maxTurns": "many"\n  }\n}\n');
    const { code, stderr } = await place.bga('config');
    await place.remove();
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:3`);
    expect(stderr).toContain('limits.maxTurns');
  });
});

it('down says that nothing runs', async () => {
  expect(await home.bga('down')).toMatchObject({ code: 0, stdout: 'The local service was not running.\n' });
});
