import { resolveBinary } from '../../src/local/binary';
import { cacheDirOf } from '../../src/local/paths';
import { makeShared } from './shared';

/** Gets the Temporal server once, before any test needs it: on a fresh machine that takes minutes, and has no place in a test's own time. */
export default async function globalSetup(): Promise<void> {
  makeShared();
  let said = '';
  await resolveBinary({ cacheDir: cacheDirOf(process.env), env: process.env }, ({ text }) => {
    if (text !== said) process.stderr.write(`${text}\n`);
    said = text;
  });
}
