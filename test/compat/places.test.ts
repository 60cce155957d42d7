/** Users and folders as they come: without rights, without a home, with names that mean something to a shell or a URL. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { resolveBinary } from '../../src/local/binary';
import { cacheDirOf } from '../../src/local/paths';
import type { Place } from '../mcp/support';
import { installedPackage, linkTree } from '../support/installed';
import { askFromShell, askThroughMcp, jsonOf, localFacts, makeWorkspace, walkThrough } from './walkThrough';

/** Only root can become somebody else; anybody else is no root already. */
const IS_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;
/** In no password file. */
const STRANGER = 54_321;

let folder: string;
let node: string;
let temporal: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bga-places-'));
  chmodSync(folder, 0o755);
  // Where everybody can run them: root's own folders are closed to others.
  node = forAll(process.execPath);
  const { path } = await resolveBinary(
    { cacheDir: cacheDirOf(process.env), env: process.env },
    () => undefined,
  );
  temporal = forAll(path);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function forAll(program: string): string {
  const target = join(folder, basename(program));
  try {
    linkSync(program, target);
  } catch {
    copyFileSync(program, target);
  }
  return target;
}

async function install(dir: string): Promise<string> {
  linkTree((await installedPackage()).folder, dir);
  return join(dir, 'node_modules', 'background-agents', 'dist', 'src', 'cli', 'main.js');
}

/** Without the names of whoever runs the tests, which the client's SDK would add again. */
function programAs(uid: number, main: string): [string, ...string[]] {
  const id = String(uid);
  const user = IS_ROOT ? ['setpriv', '--reuid', id, '--regid', id, '--clear-groups'] : [];
  return ['env', '-u', 'HOME', '-u', 'USER', '-u', 'LOGNAME', ...user, node, main];
}

function ownedBy(uid: number, dir: string, mode = 0o700): string {
  mkdirSync(dir, { recursive: true });
  if (IS_ROOT) chownSync(dir, uid, uid);
  chmodSync(dir, mode);
  return dir;
}

it('works for nobody, without HOME, in odd folders below a link, with installation and workspace read-only', async () => {
  const real = join(folder, 'a real folder — Größe');
  const link = join(folder, 'link');
  mkdirSync(real);
  symlinkSync(real, link);
  const main = await install(join(link, 'installed here (ä)'));
  const workspace = makeWorkspace(join(link, "work's #1?"));
  ownedBy(NOBODY, workspace, 0o555);
  const home = join(ownedBy(NOBODY, join(link, 'home 100% ☃')), 'bga & co');
  const env = { PATH: process.env.PATH, BGA_TEMPORAL_BINARY: temporal };
  const place: Place = { program: programAs(NOBODY, main), env: { ...env, BGA_HOME: home }, workspace };
  await walkThrough(place, async (facts) => {
    const realHome = realpathSync(home);
    expect(facts.database).toBe(join(realHome, 'temporal.db'));
    // By their other names it is the same service, and the same workspace.
    const otherwise = { ...place, env: { ...env, BGA_HOME: realHome }, workspace: realpathSync(workspace) };
    expect(await localFacts(otherwise)).toEqual(facts);
    expect((await jsonOf(otherwise, 'list')).agents).toHaveLength(2);
    await useClusterAsStranger(facts.address, main, workspace);
  });
}, 300_000);

/** As containers have it: a user id that nobody knows, no home, and a cluster that others run. */
async function useClusterAsStranger(address: string, main: string, workspace: string): Promise<void> {
  const tmp = ownedBy(STRANGER, join(folder, 'tmp'));
  const env = { PATH: process.env.PATH, TMPDIR: tmp, TEMPORAL_ADDRESS: address };
  // Somebody with an entry in the password file has a home there, which is not for a test to write to.
  const place = {
    program: programAs(STRANGER, main),
    env: IS_ROOT ? env : { ...env, BGA_HOME: join(tmp, 'home') },
    workspace,
  };
  await askFromShell(place);
  await askThroughMcp(place);
  expect(readdirSync(tmp)).not.toEqual([]);
}
