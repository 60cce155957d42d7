/** The pure decisions: no process, no clock. */
import { phaseOf } from '../../src/local/board';
import { stalled } from '../../src/local/download';
import { parseClaim } from '../../src/local/lock';
import { localPaths } from '../../src/local/paths';
import { neighbours } from '../../src/local/ports';
import { startFromStat } from '../../src/local/process';
import { backoffMs, failuresAfter, isHopeless } from '../../src/local/restarts';
import { serverArguments, serverEnv } from '../../src/local/server';
import { compareVersions, parseServerVersion } from '../../src/local/version';

describe('restarts', () => {
  it('back off up to half a minute', () => {
    expect([1, 2, 3, 4].map(backoffMs)).toEqual([100, 200, 400, 800]);
    expect(backoffMs(50)).toBe(30_000);
  });

  it('begin anew after a healthy minute', () => {
    expect(failuresAfter(7, 59_999)).toBe(8);
    expect(failuresAfter(7, 60_000)).toBe(1);
  });

  it('are given up only before anything ever worked', () => {
    expect(isHopeless(2, false)).toBe(false);
    expect(isHopeless(3, false)).toBe(true);
    expect(isHopeless(300, true)).toBe(false);
  });
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
  const stat = (name: string, state: string) =>
    `42 (${name}) ${state} ${Array.from({ length: 18 }, (_, i) => i).join(' ')} 4711 0 0`;
  it('is known by its start, whatever its name', () => {
    expect(startFromStat(stat('node', 'S'))).toBe('4711');
    expect(startFromStat(stat('a) R (b', 'R'))).toBe('4711');
  });
  it('is dead as a zombie', () => expect(startFromStat(stat('node', 'Z'))).toBeUndefined());
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

it('reads a claim from its name alone', () => {
  expect(parseClaim('12@abc.34@0f')).toEqual({
    name: '12@abc.34@0f',
    process: { pid: 12, started: 'abc.34' },
  });
  expect(parseClaim('12@abc.34@0f.held')).toBeUndefined();
  expect(parseClaim('.DS_Store')).toBeUndefined();
});
