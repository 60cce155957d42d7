/** Runs the harness as `npm run chaos` does, in a process of its own. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../support/root';

const CHAOS = join(ROOT, 'dist', 'chaos', 'main.js');

const count = z.number();
const report = z.object({
  verdict: z.object({
    word: z.string(),
    lacks: z.array(z.string()),
    found: z.object({ lost: count, doubled: count, unequal: count }),
    struck: z.object({ kill_worker: count, kill_server: count, stop_worker: count }),
    hits: z.object({ share: count }),
    callsInFlight: z.object({ sum: count }),
    repeatedCalls: count,
  }),
  findings: z.array(z.object({ kind: z.string(), marker: z.string(), what: z.string() })),
  model: z.object({ strange: z.array(z.string()), faults: z.record(z.string(), count) }),
  seed: count,
  where: z.object({ commit: z.string() }),
});

export interface ChaosRun {
  code: number;
  text: string;
  report: z.output<typeof report>;
}

export async function runChaos(...args: string[]): Promise<ChaosRun> {
  const folder = mkdtempSync(join(tmpdir(), 'bga-chaos-test-'));
  const json = join(folder, 'verdict.json');
  try {
    const { code, stdout, stderr } = await execute([CHAOS, ...args, '--json', json]);
    // Without a verdict the reason is on stderr.
    if (stdout === '') throw new Error(stderr);
    return { code, text: stdout, report: report.parse(JSON.parse(readFileSync(json, 'utf8'))) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function execute(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
