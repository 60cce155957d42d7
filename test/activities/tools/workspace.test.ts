import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { openWorkspace, WorkspaceError } from '../../../activities/tools';
import { pathByIdentity } from '../../../activities/tools/descriptor';
import { type Box, makeBox, unprivileged } from './support';

let box: Box;
beforeEach(() => {
  box = makeBox();
});
afterEach(() => box.remove());

const refused = async (path: string, roots?: string[]): Promise<string> => {
  const error: unknown = await openWorkspace(path, roots ? { roots } : {}).catch((thrown: unknown) => thrown);
  if (!(error instanceof WorkspaceError)) throw new Error(`expected a WorkspaceError, got ${String(error)}`);
  return error.message;
};

it('opens by real path', async () => {
  symlinkSync(box.root, join(box.outside, 'link'));
  expect((await openWorkspace(join(box.outside, 'link'))).root).toBe(box.root);
});

it('says what to do when the directory cannot be a workspace', async () => {
  expect(await refused(join(box.outside, 'none'))).toMatch(
    /does not exist. Pass the absolute path of an existing/,
  );
  expect(await refused(box.write('file'))).toMatch(/is a file, not a directory/);
  expect(await refused('relative/dir')).toMatch(/not an absolute path/);
  expect(await refused('/tmp/\0')).toMatch(/not an absolute path/);
  mkdirSync(join(box.root, '.ssh'));
  expect(await refused(join(box.root, '.ssh'))).toMatch(/usually holds secrets/);
});

it('says so when the worker may not read the directory', async () => {
  chmodSync(box.outside, 0o755);
  chmodSync(box.root, 0o000);
  await unprivileged(async () => expect(await refused(box.root)).toMatch(/may not be read by the worker/));
});

describe('allowed roots', () => {
  it('accepts a root itself and what lies in it, comparing real paths on both sides', async () => {
    symlinkSync(box.outside, join(box.outside, 'alias'));
    for (const allowed of [box.root, box.outside, join(box.outside, 'alias'), '/']) {
      expect((await openWorkspace(box.root, { roots: ['/nonexistent', allowed] })).root).toBe(box.root);
    }
  });

  it('refuses what lies outside, also through a link or a common prefix, and lists the roots', async () => {
    for (const name of ['allowed', 'allowed-not', 'other']) mkdirSync(join(box.outside, name));
    const allowed = join(box.outside, 'allowed');
    symlinkSync(join(box.outside, 'other'), join(allowed, 'way-out'));
    for (const path of [
      join(box.outside, 'allowed-not'),
      join(allowed, 'way-out'),
      join(allowed, '..', 'other'),
    ]) {
      expect(await refused(path, [allowed])).toContain(`lies outside the allowed roots ("${allowed}")`);
    }
    expect(await refused(allowed, [])).toContain('allowed roots (none)');
  });
});

it('without /proc, takes a path for real only while it leads to the file that is open', async () => {
  const [first, second] = [box.write('a'), box.write('b')];
  const handle = await open(first);
  expect(await pathByIdentity(handle, first)).toBe(first);
  expect(await pathByIdentity(handle, second)).toBeUndefined();
  await handle.close();
});
