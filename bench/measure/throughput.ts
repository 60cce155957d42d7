import type { Cluster } from '../cluster';
import { cpuMs } from '../cpu';
import { interleaved, type Row, row, timedMs } from '../figures';
import { say } from '../progress';
import { inProcess, NOTES_FILE, SOURCE_FILE, taskOf } from '../script';
import type { Side, Sides } from '../sides';

export interface Load {
  turns: number;
  agents: number;
  inFlight: number;
  /** How long the model takes to answer. */
  latencyMs: number;
  /** They read 8 KB of code at each turn, in place of half a KB of notes. */
  readsCode?: boolean;
  rounds: number;
  aim?: string;
}

/** Agents that follow one another, so many at once; and what each costs the server and its worker. */
export async function measureThroughput(sides: Sides, cluster: Cluster, load: Load): Promise<Row[]> {
  const { turns, agents, latencyMs, readsCode = false, rounds, aim } = load;
  const model = latencyMs === 0 ? '' : `, a model of ${latencyMs} ms`;
  const reads = readsCode ? ' that read 8 KB a turn' : '';
  const which = `${turns}-turn agents${reads}, ${load.inFlight} in flight`;
  const what = `${which}${model}`;
  say(`${agents} ${what}, ${rounds} times on each side`);
  const task = taskOf(turns, latencyMs, readsCode ? SOURCE_FILE : NOTES_FILE);
  const server: Row['samples'] = { ours: [], beside: [] };
  const worker: Row['samples'] = { ours: [], beside: [] };
  const apart: number[] = [];
  const perSecond = await interleaved(rounds, async (name) => {
    const side = sides[name];
    const place = name === 'ours' ? 'ours' : 'beside';
    const before = { server: cpuMs(cluster.serverPid), worker: cpuMs(side.workerPid) };
    const rate = await ratePerSecond(load, () => runToEnd(side, task));
    server[place].push((cpuMs(cluster.serverPid) - before.server) / agents);
    worker[place].push((cpuMs(side.workerPid) - before.worker) / agents);
    if (name === 'minimal') apart.push(await ratePerSecond(load, () => runToEnd(sides.apart, task)));
    return rate;
  });
  const floor: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floor.push(await ratePerSecond(load, () => inProcess(task, cluster.workspace)));
  }
  return [
    row({ what, unit: '1/s', samples: perSecond, ...(aim === undefined ? {} : { aim }) }),
    row({
      what: `  beside the minimal one, activities on their own queue: ${which}`,
      unit: '1/s',
      besideWhat: 'apart',
      samples: { ours: perSecond.ours, beside: apart },
    }),
    row({
      what: `  beside plain promises, nothing kept: ${which}`,
      unit: '1/s',
      besideWhat: 'promises',
      samples: { ours: perSecond.ours, beside: floor },
    }),
    row({ what: `  server, an agent: ${which}`, unit: 'ms CPU', samples: server }),
    row({ what: `  worker, an agent: ${which}`, unit: 'ms CPU', samples: worker }),
  ];
}

async function ratePerSecond(
  { agents, inFlight: atOnce }: Load,
  run: () => Promise<unknown>,
): Promise<number> {
  return (agents * 1000) / (await timedMs(() => inFlight(agents, atOnce, run)));
}

async function runToEnd(side: Side, task: string): Promise<void> {
  await side.ended(await side.start(task));
}

export async function inFlight(count: number, atOnce: number, run: () => Promise<unknown>): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await run();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
