/** What one session's swarm costs the single agent of another: the same agent alone, and beside it. */
import { newSession, newSessionId, spawn } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { DEFAULTS } from '../../src/config/defaults';
import type { Cleanup } from '../cleanup';
import { startCluster } from '../cluster';
import { type Row, row, timedMs } from '../figures';
import { say } from '../progress';
import { taskOf } from '../script';
import { openOurAgents } from '../sides';
import { TURNS } from './agent';
import { inFlight } from './throughput';

const SWARM = 500;
/** Enough for the swarm to outlast the measurement. */
const SWARM_TURNS = 15;
/** A short answer of a real model: the backlog is then of model calls, as in life, and not of this machine's CPU. */
const LATENCY_MS = 1_000;
const SPAWNS_AT_ONCE = 20;

/** On a server of its own, with the product's own number of model calls at a time. It leaves the swarm running. */
export async function measureFairness(runs: number, cleanup: Cleanup): Promise<Row[]> {
  const cluster = await startCluster(cleanup, DEFAULTS.concurrency.haiku);
  const agents = await openOurAgents(cluster);
  say(`one agent of ${LATENCY_MS} ms a turn, ${runs} times alone`);
  const alone = await sampled(runs, agents);
  const crowd = { ...agents, session: newSession(newSessionId()) };
  say(`starting ${SWARM} agents of another session`);
  await inFlight(SWARM, SPAWNS_AT_ONCE, () => start(crowd, SWARM_TURNS));
  say(`the one agent again, ${runs} times beside them`);
  const beside = await sampled(runs, agents);
  return [
    row({
      what: `one agent beside ${SWARM} of another session`,
      unit: 'ms',
      aim: 'ratio ≤ 2',
      besideWhat: 'alone',
      samples: { ours: beside, beside: alone },
    }),
  ];
}

async function sampled(runs: number, agents: AgentsContext): Promise<number[]> {
  const samples: number[] = [];
  for (let run = 0; run < runs; run += 1) samples.push(await timedMs(() => runToEnd(agents)));
  return samples;
}

async function runToEnd(agents: AgentsContext): Promise<void> {
  const id = await start(agents, TURNS);
  await agents.temporal.client.workflow.getHandle(id).result();
}

async function start(agents: AgentsContext, turns: number): Promise<string> {
  const spawned = await spawn(agents, { task: taskOf(turns, LATENCY_MS), agent_type: 'explore' });
  return spawned.agent_id;
}
