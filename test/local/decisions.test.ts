/** The pure decisions: no process, no clock. */
import { phaseOf } from '../../src/local/board';
import { isFull, tellsOfFullDisk } from '../../src/local/disk';
import { stalled } from '../../src/local/download';
import { afterSupervisor, historyText, recordEnd, troubleText } from '../../src/local/endings';
import { afterGoLine, GO_BUILD_BEGINS, goBuildText } from '../../src/local/goBuild';
import { tellingLine, withoutTraces } from '../../src/local/lastWords';
import { parseClaim } from '../../src/local/lock';
import { localPaths } from '../../src/local/paths';
import { neighbours } from '../../src/local/ports';
import { startFromStat } from '../../src/local/process';
import { backoffMs, failuresAfter, isHopeless } from '../../src/local/restarts';
import { serverArguments, serverEnv } from '../../src/local/server';
import { numbered, stepOf } from '../../src/local/steps';
import { compareVersions, parseServerVersion } from '../../src/local/version';

describe('restarts', () => {
  it('back off up to half a minute', () => {
    expect([1, 2, 3, 4].map(backoffMs)).toEqual([100, 200, 400, 800]);
    expect(backoffMs(50)).toBe(30_000);
  });

  it('forget one death for every five seconds of life', () => {
    expect(failuresAfter(7, 4_999)).toBe(8);
    expect(failuresAfter(7, 10_000)).toBe(6);
    expect(failuresAfter(7, 60_000)).toBe(1);
  });

  it('pause for ever longer in a crash loop, and hardly at all between kills of what works', () => {
    const afterMany = (aliveMs: number) => {
      let failures = 0;
      for (let death = 0; death < 50; death += 1) failures = failuresAfter(failures, aliveMs);
      return backoffMs(failures);
    };
    expect(afterMany(2_000)).toBe(30_000);
    expect(afterMany(6_000)).toBe(100);
  });

  it('are given up only before anything ever worked', () => {
    expect(isHopeless(2, false)).toBe(false);
    expect(isHopeless(3, false)).toBe(true);
    expect(isHopeless(300, true)).toBe(false);
  });
});

describe('how a part ended', () => {
  const end = { atMs: 1_000, how: 'ended with code 7', logEnd: 'first\nlast', inARow: 1, waitMs: 100 };
  const loop = [2, 3, 4].reduce(
    (before, inARow) => recordEnd(before, { ...end, atMs: inARow * 60_000, inARow, waitMs: 16_000 }),
    recordEnd(undefined, end),
  );
  it('is told while the service is not whole, as a loop when it is one', () => {
    expect(troubleText({}, 0)).toBeUndefined();
    expect(troubleText({ worker: recordEnd(undefined, end) }, 1_050)).toBe(
      'the worker ended with code 7; its log says "last"',
    );
    expect(troubleText({ worker: loop }, 240_001)).toBe(
      'the worker ended 4 times in 4 min, last it ended with code 7, next try within 16 s; its log says "last"',
    );
  });
  it('quotes no log of a part that was killed, but for an error in it', () => {
    const killed = { ...end, how: 'was ended by SIGKILL', logEnd: 'Metrics: http://localhost:1/metrics' };
    expect(troubleText({ server: recordEnd(undefined, killed) }, 1_050)).toBe(
      'the server was ended by SIGKILL',
    );
    const logEnd = 'time=1 level=ERROR msg="disk I/O error"\nbye';
    expect(troubleText({ server: recordEnd(undefined, { ...killed, logEnd }) }, 1_050)).toContain(
      'disk I/O error',
    );
  });
  it('is told of the part that ended last', () => {
    const server = recordEnd(undefined, { ...end, atMs: 999_000, logEnd: '' });
    expect(troubleText({ worker: loop, server }, 0)).toMatch(/^the server .*; its log is empty$/);
  });
  it('is counted over rows, and is history afterwards', () => {
    const later = recordEnd(loop, { ...end, atMs: 3_600_000 });
    expect(later).toMatchObject({ count: 5, inARow: 1, firstAtMs: 1_000, rowSinceMs: 3_600_000 });
    expect(historyText({ worker: later })).toEqual([
      'the worker was restarted 5 times since 1970-01-01T00:00:01Z, last: it ended with code 7 at 1970-01-01T01:00:00Z',
    ]);
  });
  it('is known of a supervisor by what it left, unless it said why it failed', () => {
    expect(afterSupervisor(undefined, 5)).toBeUndefined();
    expect(afterSupervisor({ state: 'failed' }, 5)).toEqual({ state: 'failed' });
    expect(afterSupervisor({ state: 'ready' }, 5)?.endings?.supervisor).toMatchObject({ count: 1, atMs: 5 });
  });
});

describe('the end of a log', () => {
  const cause = 'time=2026-11-28T00:37:37.662 level=ERROR msg="failed starting server: no such table"';
  const panic = 'panic: runtime error: invalid memory address or nil pointer dereference';
  const goTrace = [
    '[signal SIGSEGV: segmentation violation code=0x2 addr=0x8 pc=0x1]',
    '',
    'goroutine 1 gp=0xc0 m=0 mp=0x1 [running]:',
    'go.temporal.io/server/temporal.(*ServerImpl).Start(0x0)',
    '\t/root/go/pkg/mod/go.temporal.io/server/temporal/server_impl.go:104 +0x1c',
    'created by main.main in goroutine 1',
  ];
  const telling = (...lines: string[]) => tellingLine(withoutTraces(lines.join('\n')));

  it('tells the error that was logged before a crash, not the trace behind it', () => {
    expect(telling('time=1 level=WARN msg=x', cause, panic, ...goTrace)).toBe(cause);
    expect(telling('time=1 level=WARN msg=x', panic, ...goTrace)).toBe(panic);
    expect(telling(cause, ...Array.from({ length: 20 }, () => 'time=1 level=WARN msg=x'), panic)).toBe(panic);
    expect(telling(panic, ...goTrace, cause, 'time=2 level=WARN msg=y')).toBe(cause);
  });

  it('tells the error of a program of Node', () => {
    const thrown = [
      '/x/worker.js:3',
      '  throw new Error(1);',
      '  ^',
      '',
      'TypeError [ERR_X]: no model',
      '    at f (/x.js:1:2)',
    ];
    expect(telling(...thrown, '', 'Node.js v20.19.0')).toBe('TypeError [ERR_X]: no model');
  });

  it('tells the last line where none is an error, and nothing where nothing is', () => {
    expect(telling('one', 'two', '')).toBe('two');
    expect(telling('')).toBeUndefined();
  });
});

describe('a disk', () => {
  it('is full below a few megabytes, and free again only with some more', () => {
    expect([isFull(3_999_999, false), isFull(4_000_000, false)]).toEqual([true, false]);
    expect([isFull(15_999_999, true), isFull(16_000_000, true)]).toEqual([true, false]);
    expect(isFull(undefined, true)).toBe(false);
  });
  it.each([
    'Failed to commit transaction. Error: database or disk is full (13)',
    'Error: ENOSPC: no space left on device, write',
    'write temporal.db: disk quota exceeded',
  ])('is told of by "%s"', (line) => expect(tellsOfFullDisk(line)).toBe(true));
  it('is not told of by other failures', () => expect(tellsOfFullDisk('database is locked')).toBe(false));
});

it('names the phase by what answers', () => {
  const facts = { serverReady: true, workerReady: true, everReady: true, stopping: false, diskFull: false };
  expect(phaseOf(facts)).toBe('ready');
  expect(phaseOf({ ...facts, workerReady: false })).toBe('restarting');
  expect(phaseOf({ ...facts, serverReady: false, everReady: false })).toBe('starting');
  expect(phaseOf({ ...facts, diskFull: true })).toBe('disk_full');
  expect(phaseOf({ ...facts, stopping: true, diskFull: true })).toBe('stopping');
});

describe('a process', () => {
  const stat = (name: string, state: string, threads = 1) =>
    `42 (${name}) ${state} ${Array.from({ length: 16 }, (_, i) => i).join(' ')} ${threads} 0 4711 0 0`;
  it('is known by its start, whatever its name', () => {
    expect(startFromStat(stat('node', 'S'))).toBe('4711');
    expect(startFromStat(stat('a) R (b', 'R'))).toBe('4711');
  });
  it('is dead as a zombie', () => expect(startFromStat(stat('node', 'Z'))).toBeUndefined());
  it('is not dead while threads of it hold its ports', () => {
    expect(startFromStat(stat('temporal', 'Z', 2))).toBe('4711');
  });
});

describe('versions', () => {
  it('are those of the server, since a built CLI calls itself DEV', () => {
    expect(parseServerVersion('temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)\n')).toBe('1.29.1');
    expect(parseServerVersion('temporal 4.2, the calendar')).toBeUndefined();
  });
  it('compare by number', () => {
    expect(compareVersions('1.9.0', '1.29.1')).toBeLessThan(0);
    expect(compareVersions('1.29.1', '1.29.1')).toBe(0);
    expect(compareVersions('2.0.0', '1.29.1')).toBeGreaterThan(0);
  });
});

describe('the server', () => {
  const args = serverArguments(localPaths('/tmp/a b?#'), { port: 7233, uiPort: 8233 }, 'agents');
  it('listens on the loopback interface only', () => {
    expect(args.join(' ')).toContain('--ip 127.0.0.1 --port 7233 --ui-port 8233');
  });
  it('gets a database name that has no meaning in a URL', () => {
    expect(args[args.indexOf('--db-filename') + 1]).toBe('temporal.db');
  });
  it('sees no setting of another cluster, and no credential', () => {
    expect(serverEnv({ PATH: '/bin', TEMPORAL_ADDRESS: 'far.away:7233', ANTHROPIC_API_KEY: 'k' })).toEqual({
      PATH: '/bin',
      USER: 'background-agents',
      HOME: '/',
      GOGC: '400',
      GODEBUG: 'adaptivestackstart=1',
    });
    expect(serverEnv({ USER: 'me', HOME: '/home/me' })).toMatchObject({ USER: 'me', HOME: '/home/me' });
  });
});

it('tries the wanted port, its neighbours, and then any', () => {
  expect(neighbours(7233).slice(0, 3)).toEqual([7233, 7234, 7235]);
  expect(neighbours(65_535)).toEqual([65_535, 0]);
});

it('ends a download that gives nothing or stops giving', () => {
  expect(stalled({ bytes: 0, atMs: 0 }, 19_000)).toBeUndefined();
  expect(stalled({ bytes: 0, atMs: 0 }, 21_000)).toMatch('does not answer');
  expect(stalled({ bytes: 5, atMs: 60_000 }, 89_000)).toBeUndefined();
  expect(stalled({ bytes: 5, atMs: 60_000 }, 91_000)).toMatch('stalled');
});

it('tells what Go is at, and keeps no old line for news', () => {
  const lines = [
    'go: downloading cel.dev/expr v0.24.0',
    'go.temporal.io/api/common/v1',
    '# some/package',
    'os',
  ];
  const said = lines.map((_, index) =>
    goBuildText(lines.slice(0, index + 1).reduce(afterGoLine, GO_BUILD_BEGINS)),
  );
  expect(said).toEqual([
    'getting its sources: cel.dev/expr',
    'compiling, package 1',
    'compiling, package 1',
    'compiling, package 2',
  ]);
});

it('numbers the steps of a first start, and not those of an ordinary one', () => {
  const said: string[] = [];
  const say = numbered(['build', 'server', 'worker'], ({ text }) => said.push(text));
  say({ ...stepOf(undefined), elapsedSeconds: 0 });
  say({ kind: 'build', text: 'building', elapsedSeconds: 0 });
  say({ ...stepOf(undefined), elapsedSeconds: 0 });
  expect(said).toEqual([
    'starting the local Temporal server',
    'step 1 of 3: building',
    'step 2 of 3: starting the local Temporal server, a few seconds',
  ]);
});

it('reads a claim from its name alone', () => {
  expect(parseClaim('12@abc.34@0f')).toEqual({
    name: '12@abc.34@0f',
    process: { pid: 12, started: 'abc.34' },
  });
  expect(parseClaim('12@abc.34@0f.held')).toBeUndefined();
  expect(parseClaim('.DS_Store')).toBeUndefined();
});
