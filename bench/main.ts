/** `npm run bench`: our agents beside a minimal Temporal workflow, on the same server. It prints figures and judges nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { circumstances } from './circumstances';
import { type Cleanup, withCleanup } from './cleanup';
import { startCluster } from './cluster';
import { joined, type Recorded, type Row } from './figures';
import { measureAgent, TURNS } from './measure/agent';
import { measureBusyStatus, measureKill, measureSpawn, measureStatus } from './measure/calls';
import { measureColdStart } from './measure/coldStart';
import { measureFairness } from './measure/fairness';
import { measureHistory } from './measure/history';
import { measureMemory } from './measure/memory';
import { measureRecovery } from './measure/recovery';
import { measureThroughput } from './measure/throughput';
import { plot } from './plot';
import { openSides } from './sides';
import { render } from './table';

const PARTS = [
  'cold',
  'agent',
  'spawn',
  'kill',
  'throughput',
  'long',
  'busy',
  'status',
  'history',
  'memory',
  'recovery',
  'fairness',
] as const;

const USAGE = `Usage: npm run bench -- [--json FILE] [--plot FILE] [--only PARTS] [--scale 1]
  --json FILE   write the figures, with every sample, to FILE
  --plot FILE   draw them as an SVG
  --from FILES  run nothing: show the figures of such FILES, separated by commas, as one
  --only PARTS  only these parts, separated by commas: ${PARTS.join(',')}
  --scale N     N times as many samples`;

function options() {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      plot: { type: 'string' },
      from: { type: 'string' },
      only: { type: 'string' },
      scale: { type: 'string', default: '1' },
    },
  });
  const scale = Number(values.scale);
  const only = values.only?.split(',') ?? PARTS;
  const unknown = only.filter((part) => !PARTS.some((known) => known === part));
  if (!(scale > 0) || unknown.length > 0) throw new Error(`unknown ${unknown.join(', ') || '--scale'}`);
  return {
    jsonFile: values.json,
    plotFile: values.plot,
    fromFiles: values.from?.split(','),
    wants: (part: (typeof PARTS)[number]) => only.includes(part),
    times: (count: number) => Math.max(1, Math.round(count * scale)),
  };
}

type Options = ReturnType<typeof options>;

async function bench(wanted: Options, cleanup: Cleanup): Promise<void> {
  const { jsonFile, plotFile, fromFiles } = wanted;
  const recorded = fromFiles ? joined(fromFiles.map(read)) : await run(wanted, cleanup);
  console.log(render(recorded));
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(recorded, undefined, 2)}\n`);
  if (plotFile !== undefined) writeFileSync(plotFile, plot(recorded));
}

function read(file: string): Recorded {
  return JSON.parse(readFileSync(file, 'utf8'));
}

async function run({ wants, times }: Options, cleanup: Cleanup): Promise<Recorded> {
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
    const load = { turns: TURNS, agents: 150, inFlight: 50, latencyMs: 0, rounds: times(5), aim };
    rows.push(...(await measureThroughput(sides, cluster, load)));
  }
  if (wants('long')) {
    const load = { turns: 20, agents: 40, inFlight: 20, latencyMs: 0, rounds: times(3) };
    rows.push(...(await measureThroughput(sides, cluster, load)));
    rows.push(...(await measureThroughput(sides, cluster, { ...load, readsCode: true })));
  }
  if (wants('busy')) {
    const load = { turns: TURNS, agents: times(1_000), inFlight: 200, latencyMs: 200, rounds: 1 };
    rows.push(...(await measureThroughput(sides, cluster, load)));
  }
  if (wants('status')) {
    rows.push(...(await measureStatus(sides, times(300))));
    rows.push(...(await measureBusyStatus(sides, 200, times(300))));
  }
  if (wants('history')) rows.push(...(await measureHistory(sides)));
  if (wants('memory'))
    rows.push(...(await measureMemory(cleanup, { beside: times(1_000), more: times(10_000) })));
  if (wants('recovery')) rows.push(...(await measureRecovery(times(5), cleanup)));
  // Last: it leaves its swarm at work.
  if (wants('fairness')) rows.push(...(await measureFairness(times(5), cleanup)));
  return { ...where, temporalServer: cluster.serverVersion, rows };
}

async function main(): Promise<number> {
  let wanted: Options;
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
