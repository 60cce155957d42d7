/** The package as a user has it: packed, and installed with npm into an empty folder. */
import { execFile } from 'node:child_process';
import { linkSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { madeOnce } from './shared';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');

/** Where `bga` is in a folder that the package was installed into. */
export const BGA_LINK = join('node_modules', '.bin', 'bga');

export interface Installed {
  /** The once empty folder. */
  folder: string;
  tarball: string;
}

/** One for the whole run: not to be written to. */
export async function installedPackage(): Promise<Installed> {
  const dir = await madeOnce('installed', async (made) => {
    const folder = join(made, 'folder');
    mkdirSync(folder);
    await pack(made);
    // From npm's cache, which `npm ci` has filled.
    await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', tarballIn(made)], folder, {
      HOME: join(made, 'home'),
    });
  });
  return { folder: join(dir, 'folder'), tarball: tarballIn(dir) };
}

/** As built: `npm test` builds first, and building again would take it away from under the other tests. */
function pack(destination: string): Promise<string> {
  return npm(['pack', '--ignore-scripts', '--pack-destination', destination], ROOT);
}

function tarballIn(dir: string): string {
  const file = readdirSync(dir).find((name) => name.endsWith('.tgz'));
  if (file === undefined) throw new Error(`npm pack left nothing in ${dir}.`);
  return join(dir, file);
}

/** With this machine's registry and cache, and nothing of the npm that runs the tests. */
export async function npm(args: string[], cwd: string, extra: NodeJS.ProcessEnv = {}): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name));
  const settings = await npmSettings();
  const { stdout } = await run('npm', args, {
    cwd,
    env: { ...Object.fromEntries(inherited), ...settings, ...extra },
  });
  return stdout;
}

async function npmSettings(): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await run('npm', ['config', 'get', 'cache', 'userconfig'], { cwd: ROOT });
  const [cache, userconfig] = ['cache', 'userconfig'].map(
    (key) => stdout.match(new RegExp(`^${key}=(.*)$`, 'm'))?.[1],
  );
  return { npm_config_cache: cache, npm_config_userconfig: userconfig };
}

/** The same files in another place, in a moment and without their 300 MB. */
export function linkTree(from: string, to: string): void {
  const stats = lstatSync(from);
  if (stats.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else if (!stats.isDirectory()) linkSync(from, to);
  else {
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) linkTree(join(from, name), join(to, name));
  }
}
