import fs from 'node:fs';
import path from 'node:path';
import { thisProcess } from '../../src/local/process';
import { fetchingDir, sweepUnfinished } from '../../src/local/unfinished';
import { cleanUp, makeDir } from './support';

afterEach(cleanUp);

it('removes what processes that have ended left of fetching the server, and nothing else', () => {
  const cache = makeDir('cache');
  const own = thisProcess();
  const dead = { pid: own.pid, started: 'another-boot.1' };
  const lock = path.join(cache, 'temporal-v1.5.1.lock');
  const claim = `${dead.pid}@${dead.started}@0a1b2c`;
  fs.mkdirSync(lock);
  for (const name of [claim, `${claim}.held`]) fs.writeFileSync(path.join(lock, name), '');
  for (const dir of [fetchingDir(cache, dead), fetchingDir(cache, own), path.join(cache, 'temporal-v1.5.1')])
    fs.mkdirSync(dir);
  sweepUnfinished(cache);
  expect(fs.readdirSync(cache).sort()).toEqual([path.basename(fetchingDir(cache, own)), 'temporal-v1.5.1']);
  sweepUnfinished(path.join(cache, 'not there'));
});
