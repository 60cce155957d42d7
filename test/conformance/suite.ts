/** The public suites and the Inspector, as published: in a folder of their own, on the Node that they need. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npm } from '../support/installed';
import { nodeOf } from '../support/nodes';
import { madeOnce } from '../support/shared';

const NODE = '22.23.3';

export interface Suites {
  node: string;
  folder: string;
}

/** Not of `package.json`: whoever installs this project has no use for them. */
export async function installedSuites(): Promise<Suites> {
  const node = await nodeOf(NODE);
  const folder = await madeOnce('suites', async (made) => {
    for (const file of ['package.json', 'package-lock.json'])
      copyFileSync(join(__dirname, 'suite', file), join(made, file));
    await npm(['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'], made);
  });
  return { node, folder };
}

export interface Check {
  scenario: string;
  id: string;
  isMet: boolean;
  message: string;
}

/** Every check of every scenario. A SHOULD that is not met counts like a MUST. */
export async function judge({ node, folder }: Suites, suite: string, args: string[]): Promise<Check[]> {
  const results = mkdtempSync(join(tmpdir(), 'bga-conformance-'));
  try {
    const program = join(folder, 'node_modules', suite, 'dist', 'index.js');
    const options = { maxBuffer: 50_000_000 };
    // Its exit code says that something failed, which the results do as well.
    await promisify(execFile)(node, [program, 'server', ...args, '-o', results], options).catch(
      () => undefined,
    );
    return readdirSync(results)
      .sort()
      .flatMap((name) => checksIn(join(results, name), name));
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

function checksIn(folder: string, name: string): Check[] {
  const checks: unknown = JSON.parse(readFileSync(join(folder, 'checks.json'), 'utf8'));
  const scenario = name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
  return (Array.isArray(checks) ? checks : []).map(({ id, status, errorMessage }) => ({
    scenario,
    id: String(id),
    isMet: status !== 'FAILURE' && status !== 'WARNING',
    message: String(errorMessage ?? ''),
  }));
}
