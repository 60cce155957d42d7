/** Other releases of Node than the one that runs the tests, from npm's registry. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npm } from './installed';
import { madeOnce } from './shared';

/** The oldest and the newest line that the product promises to run on. */
const PROMISED = ['20.20.2', '24.21.0'];

const major = (version: string) => version.split('.')[0];

export const OTHER_NODES = PROMISED.filter((version) => major(version) !== major(process.versions.node));

/**
 * The program. No dependency of ours, because it weighs 100 MB and is one for each platform: it comes from npm's
 * cache, or once from the registry.
 */
export async function nodeOf(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const dir = await madeOnce(`node-${version}`, async (made) => {
    await npm(['pack', '--prefer-offline', '--pack-destination', made, `${name}@${version}`], made);
    const [tarball = ''] = readdirSync(made);
    await promisify(execFile)('tar', ['-xzf', tarball, 'package/bin/node'], { cwd: made });
  });
  return join(dir, 'package', 'bin', 'node');
}
