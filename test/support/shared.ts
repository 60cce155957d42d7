/** A folder of this run of the tests, for what several test files use and takes long to make. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until';

const VARIABLE = 'TEST_SHARED_DIR';
const PATIENCE_MS = 300_000;

export function makeShared(): void {
  process.env[VARIABLE] = mkdtempSync(join(tmpdir(), 'bga-shared-'));
}

export function removeShared(): void {
  rmSync(sharedDir(), { recursive: true, force: true });
}

function sharedDir(): string {
  const dir = process.env[VARIABLE];
  if (dir === undefined) throw new Error(`${VARIABLE} is not set: jest's global setup has not run.`);
  return dir;
}

/** The folder that `make` fills: once, whichever test file comes first, while the others wait. */
export async function madeOnce(name: string, make: (dir: string) => Promise<void>): Promise<string> {
  const dir = join(sharedDir(), name);
  const outcome = `${dir}.outcome`;
  if (claim(`${dir}.claim`)) {
    mkdirSync(dir);
    const failure = await make(dir).then(
      () => '',
      (error: unknown) => String(error),
    );
    writeFileSync(`${outcome}.new`, failure);
    renameSync(`${outcome}.new`, outcome);
  }
  await until(() => existsSync(outcome), PATIENCE_MS);
  const failure = readFileSync(outcome, 'utf8');
  if (failure) throw new Error(failure);
  return dir;
}

function claim(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
