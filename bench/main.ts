/** `npm run bench`: our agents beside a minimal Temporal workflow, on the same server. It prints figures and judges nothing. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { circumstances } from './circumstances';
import { type Cleanup, withCleanup } from './cleanup';
import { startCluster } from './cluster';
import type { Row } from './figures';
import { measureAgent } from './measure/agent';
import { measureSpawn, measureStatus } from './measure/calls';
import { measureColdStart } from './measure/coldStart';
import { measureFairness } from './measure/fairness';
import { measureThroughput } from './measure/throughput';
import { openSides } from './sides';
import { render } from './table';

const PARTS = ['cold', 'agent', 'spawn', 'throughput', 'status', 'fairness'] as const;

const USAGE = `Usage: npm run bench -- [--json FILE] [--only ${PARTS.join(',')}] [--scale 1]
  --json FILE   write the figures, with every sample, to FILE
  --only PARTS  only these parts, separated by commas
  --scale N     N times as many samples`;

function options() {
  const { values } = parseArgs({
    options: { json: { type: 'string' }, only: { type: 'string' }, scale: { type: 'string', default: '1' } },
  });
  const scale = Number(values.scale);
  const only = values.only?.split(',') ?? PARTS;
  const unknown = only.filter((part) => !PARTS.some((known) => known === part));
  if (!(scale > 0) || unknown.length > 0) throw new Error(`unknown ${unknown.join(', ') || '--scale'}`);
  return {
    jsonFile: values.json,
    wants: (part: (typeof PARTS)[number]) => only.includes(part),
    times: (count: number) => Math.max(1, Math.round(count * scale)),
  };
}

async function bench(
  { jsonFile, wants, times }: ReturnType<typeof options>,
  cleanup: Cleanup,
): Promise<void> {
  const where = circumstances();
  const rows: Row[] = [];
  // First, while nothing else is running.
  if (wants('cold')) rows.push(...(await measureColdStart(times(9), cleanup)));
  const cluster = await startCluster(cleanup);
  const sides = await openSides(cluster);
  if (wants('agent')) rows.push(...(await measureAgent(sides, times(31))));
  if (wants('spawn')) rows.push(...(await measureSpawn(sides, times(200))));
  if (wants('throughput')) rows.push(...(await measureThroughput(sides, cluster.serverPid, times(5), 80)));
  if (wants('status')) rows.push(...(await measureStatus(sides, times(300))));
  // Last: it leaves its swarm at work.
  if (wants('fairness')) rows.push(...(await measureFairness(times(5), cleanup)));
  const all = { ...where, temporalServer: cluster.serverVersion };
  console.log(render(rows, all));
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify({ ...all, rows }, undefined, 2)}\n`);
}

async function main(): Promise<number> {
  let wanted: ReturnType<typeof options>;
  try {
    wanted = options();
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  return withCleanup(async (cleanup) => {
    await bench(wanted, cleanup);
    return 0;
  });
}

void main().then((code) => process.exit(code));
