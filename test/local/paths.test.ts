import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheDirOf, localPaths, makePrivateDir, stateDirOf } from '../../src/local/paths';

describe('folders of the local service', () => {
  it('follow BGA_HOME, then XDG, then the home directory', () => {
    expect(stateDirOf({ BGA_HOME: '/b', XDG_STATE_HOME: '/x', HOME: '/h' })).toBe('/b');
    expect(stateDirOf({ XDG_STATE_HOME: '/x', HOME: '/h' })).toBe('/x/background-agents');
    expect(stateDirOf({ HOME: '/h' })).toBe('/h/.local/state/background-agents');
  });

  it('keep the binary in the cache of the user, wherever BGA_HOME is', () => {
    expect(cacheDirOf({ BGA_HOME: '/b', HOME: '/h' })).toBe('/h/.cache/background-agents');
    expect(cacheDirOf({ BGA_HOME: '/b', XDG_CACHE_HOME: '/c', HOME: '/h' })).toBe('/c/background-agents');
  });

  it('ignore relative XDG folders, as XDG says', () => {
    expect(stateDirOf({ XDG_STATE_HOME: 'x', HOME: '/h' })).toBe('/h/.local/state/background-agents');
  });

  it('exist without HOME', () => {
    expect(path.isAbsolute(stateDirOf({}))).toBe(true);
    expect(path.isAbsolute(cacheDirOf({}))).toBe(true);
  });

  it('are the same by whichever name the folder is given', () => {
    const dir = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'bga-paths-'));
    fs.mkdirSync(path.join(dir, 'real'));
    fs.symlinkSync(path.join(dir, 'real'), path.join(dir, 'link'));
    expect(localPaths(path.join(dir, 'link'))).toEqual(localPaths(path.join(dir, 'real')));
    fs.rmSync(dir, { recursive: true });
  });

  it.each(['/proc/bga-test', '/dev/null/bga-test'])('say what to do when %s cannot be made', (dir) => {
    expect(() => makePrivateDir(dir)).toThrow(/cannot be made .*Set BGA_HOME/);
  });
});
