import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { spawn } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { loadConfig } from '../../src/config';
import { ensureService, readyService, stopService } from '../../src/local';
import { localOptions } from '../../src/localOptions';
import type { Cleanup } from '../cleanup';
import { makeWorkspace } from '../cluster';
import { type Row, row } from '../figures';
import { say } from '../progress';
import { taskOf } from '../script';
import { newUser, openOurAgents } from '../sides';
import { inFlight } from './throughput';

const AGENTS = 100;
/** As models take: what is measured is the recovery, not a worker that was behind already. */
const LATENCY_MS = 5_000;
/** Longer than the measurement. */
const TURNS = 2_000;
const SPAWNS_AT_ONCE = 20;
const SETTLE_MS = 8_000;
const LOOK_EVERY_MS = 100;

/** From kill -9 of the worker until the last of the agents is in an activity of the next one, under the real supervisor. */
export async function measureRecovery(runs: number, cleanup: Cleanup): Promise<Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'bga-bench-kill-'));
  cleanup.add(() => rmSync(home, { recursive: true, force: true }));
  const workspace = makeWorkspace(home);
  const env = newUser(home);
  const options = {
    ...localOptions(loadConfig({ env, workspace }), env),
    workerCommand: [process.execPath, join(__dirname, '..', 'supervised.js')],
  };
  cleanup.add(() => stopService(options.stateDir));
  const { address, namespace } = await ensureService(options, ({ text }) => say(text));
  const agents = await openOurAgents({ target: { address, namespace }, home, workspace });
  say(`${AGENTS} agents at work, and ${runs} kills of their worker`);
  const ids: string[] = [];
  await inFlight(AGENTS, SPAWNS_AT_ONCE, async () => {
    const task = taskOf(TURNS, LATENCY_MS);
    ids.push((await spawn(agents, { task, agent_type: 'explore', max_turns: TURNS })).agent_id);
  });
  const samples: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await delay(SETTLE_MS);
    samples.push(await killedUntilMoving(agents, ids, home));
  }
  return [
    row({
      what: `kill -9 of the worker, until ${AGENTS} agents move`,
      unit: 's',
      aim: '< 5 s',
      besideWhat: 'nothing',
      samples: { ours: samples, beside: [] },
    }),
  ];
}

async function killedUntilMoving(
  agents: AgentsContext,
  ids: readonly string[],
  home: string,
): Promise<number> {
  const pid = readyService(home)?.workers[0]?.pid;
  if (pid === undefined) throw new Error('The worker is not up.');
  process.kill(pid, 'SIGKILL');
  const killedAtMs = Date.now();
  const still = new Set(ids);
  let lastMs = killedAtMs;
  while (still.size > 0) {
    await delay(LOOK_EVERY_MS);
    await Promise.all(
      [...still].map(async (id) => {
        const movedAtMs = await startedAfter(agents, id, killedAtMs);
        if (movedAtMs === undefined) return;
        still.delete(id);
        lastMs = Math.max(lastMs, movedAtMs);
      }),
    );
  }
  return (lastMs - killedAtMs) / 1000;
}

/** When an activity of the agent was started after the kill, by the server's clock, which is this machine's. */
async function startedAfter(
  { temporal }: AgentsContext,
  id: string,
  atMs: number,
): Promise<number | undefined> {
  const { raw } = await temporal.client.workflow.getHandle(id).describe();
  const started = (raw.pendingActivities ?? []).map(({ lastStartedTime: time }) =>
    time ? Number(time.seconds ?? 0) * 1000 + (time.nanos ?? 0) / 1e6 : 0,
  );
  return started.find((ms) => ms > atMs);
}
