import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { lockHolder, tryLock } from '../../src/local/lock';
import { thisProcess } from '../../src/local/process';
import { cleanUp, makeDir } from './support';

const contender = path.join(__dirname, 'fixtures/contend.js');

afterEach(cleanUp);

describe('the lock', () => {
  it('is held by one, named to the others, and leaves nothing behind', async () => {
    const dir = path.join(makeDir('lock'), 'service.lock');
    const first = await tryLock(dir);
    expect(await tryLock(dir)).toEqual({ held: false, holder: thisProcess() });
    expect(lockHolder(dir)).toEqual(thisProcess());
    if (first.held) first.release();
    expect(lockHolder(dir)).toBeUndefined();
    expect(fs.existsSync(dir)).toBe(false);
  });

  it('is free when its holder is dead, even if another process has its number now', async () => {
    const dir = path.join(makeDir('lock'), 'service.lock');
    fs.mkdirSync(dir);
    for (const name of [`${process.pid}@long-ago.1@0a`, `${process.pid}@long-ago.1@0a.held`]) {
      fs.writeFileSync(path.join(dir, name), '');
    }
    expect(lockHolder(dir)).toBeUndefined();
    const lock = await tryLock(dir);
    expect(lock.held).toBe(true);
    if (lock.held) lock.release();
  });

  it('is never held by two, also when holders are killed in the middle', async () => {
    const home = makeDir('lock');
    const dir = path.join(home, 'service.lock');
    const journal = path.join(home, 'journal');
    const run = (rounds: number) =>
      spawn(process.execPath, [contender, dir, journal, String(rounds)], { stdio: 'inherit' });
    const victim = run(1_000_000);
    const killer = setTimeout(() => victim.kill('SIGKILL'), 700);
    await Promise.all(Array.from({ length: 6 }, () => once(run(15), 'exit')));
    clearTimeout(killer);
    if (victim.exitCode === null && victim.signalCode === null) {
      victim.kill('SIGKILL');
      await once(victim, 'exit');
    }

    let inside: string | undefined;
    for (const line of fs.readFileSync(journal, 'utf8').trim().split('\n')) {
      const [event, pid] = line.split(' ');
      // The killed one may never have left.
      if (event === 'in' && inside !== String(victim.pid)) expect(inside).toBeUndefined();
      inside = event === 'in' ? pid : undefined;
    }
  });
});
