import { cpuMs } from '../cpu';
import { interleaved, type Row, row, timedMs } from '../figures';
import { say } from '../progress';
import type { Sides } from '../sides';
import { runOne, TURNS } from './agent';

const IN_FLIGHT = 50;

/** Agents that follow one another, so many at once; and what each costs the server and its worker. */
export async function measureThroughput(
  sides: Sides,
  serverPid: number,
  rounds: number,
  agentsPerRound: number,
): Promise<Row[]> {
  say(`${agentsPerRound} agents, ${IN_FLIGHT} in flight, ${rounds} times on each side`);
  const server: Row['samples'] = { ours: [], beside: [] };
  const worker: Row['samples'] = { ours: [], beside: [] };
  const perSecond = await interleaved(rounds, async (name) => {
    const side = sides[name];
    const place = name === 'ours' ? 'ours' : 'beside';
    const before = { server: cpuMs(serverPid), worker: cpuMs(side.workerPid) };
    const tookMs = await timedMs(() => inFlight(agentsPerRound, IN_FLIGHT, () => runOne(side)));
    server[place].push((cpuMs(serverPid) - before.server) / agentsPerRound);
    worker[place].push((cpuMs(side.workerPid) - before.worker) / agentsPerRound);
    return (agentsPerRound * 1000) / tookMs;
  });
  const what = `${TURNS}-turn agents, ${IN_FLIGHT} in flight`;
  return [
    row({ what: `${what}`, unit: '1/s', samples: perSecond }),
    row({ what: '  server, an agent', unit: 'ms CPU', samples: server }),
    row({ what: '  worker, an agent', unit: 'ms CPU', samples: worker }),
  ];
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
