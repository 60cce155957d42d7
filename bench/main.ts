/** `npm run bench`: our agents beside a minimal Temporal workflow, on the same server. It prints figures and judges nothing. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { circumstances } from './circumstances';
import { type Cleanup, withCleanup } from './cleanup';
import { startCluster } from './cluster';
import type { Row } from './figures';
import { measureAgent } from './measure/agent';
import { measureBusyStatus, measureKill, measureSpawn, measureStatus } from './measure/calls';
import { measureColdStart } from './measure/coldStart';
import { measureFairness } from './measure/fairness';
import { measureHistory } from './measure/history';
import { measureMemory } from './measure/memory';
import { measureRecovery } from './measure/recovery';
import { measureThroughput } from './measure/throughput';
import { openSides } from './sides';
import { render } from './table';

const PARTS = [
  'cold',
  'agent',
  'spawn',
  'kill',
  'throughput',
  'busy',
  'status',
  'history',
  'memory',
  'recovery',
  'fairness',
] as const;

const USAGE = `Usage: npm run bench -- [--json FILE] [--only PARTS] [--scale 1]
  --json FILE   write the figures, with every sample, to FILE
  --only PARTS  only these parts, separated by commas: ${PARTS.join(',')}
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
  if (wants('kill')) rows.push(...(await measureKill(sides, times(20))));
  if (wants('throughput')) {
    const aim = 'ratio ≥ 1.5';
    const load = { agents: 150, inFlight: 50, latencyMs: 0, rounds: times(5), aim };
    rows.push(...(await measureThroughput(sides, cluster, load)));
  }
  if (wants('busy')) {
    const load = { agents: times(1_000), inFlight: 200, latencyMs: 200, rounds: 1 };
    rows.push(...(await measureThroughput(sides, cluster, load)));
  }
  if (wants('status')) {
    rows.push(...(await measureStatus(sides, times(300))));
    rows.push(...(await measureBusyStatus(sides, 200, times(300))));
  }
  if (wants('history')) rows.push(...(await measureHistory(sides)));
  if (wants('memory')) rows.push(...(await measureMemory(cleanup, [times(1_000), times(10_000)])));
  if (wants('recovery')) rows.push(...(await measureRecovery(times(5), cleanup)));
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
