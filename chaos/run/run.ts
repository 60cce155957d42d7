/** One run: the plan, the service, the blows, and what became of the agents. */
import type { Cleanup } from '../../bench/cleanup';
import { readyService } from '../../src/local';
import { startModel } from '../model/client';
import type { ChaosOptions } from '../options';
import { type AgentPlan, planAgents } from '../plan/agents';
import { planBlows } from '../plan/blows';
import { expectedOf } from '../plan/oracle';
import { say } from '../progress';
import { terminateOne } from '../sabotage/terminate';
import { judgeAgent } from '../verdict/judge';
import type { RunFacts } from '../verdict/verdict';
import { idsByMarker, readAll } from './reading';
import { startService } from './service';
import { type Spawning, spawnAll } from './spawning';
import { type Arena, type Struck, strikeAll } from './striking';
import { Watch } from './watch';

/** Without a new turn for so long, what is not done is lost; a busy machine needs minutes for a restart. */
const PATIENCE_MS = 300_000;
const SAY_EVERY_MS = 10_000;

export async function run(
  options: ChaosOptions,
  cleanup: Cleanup,
): Promise<RunFacts & { durationMs: number; temporalServer: string }> {
  const plans = planAgents(options.seed, options.agents);
  const turns = plans.reduce((sum, plan) => sum + plan.turns.length, 0);
  const blows = planBlows(options.seed, turns, options.blows);
  say(`seed ${options.seed}: ${plans.length} agents, ${turns} turns, ${blows.length} blows`);
  const model = await startModel(options.seed, options.agents, cleanup);
  const product = await startService(model.url, options, cleanup);
  const temporalServer = readyService(product.home)?.serverVersion ?? 'unknown';
  const startedMs = Date.now();
  const watch = new Watch(model, PATIENCE_MS);
  const spawning: Spawning = { ids: plans.map(() => []), open: 0 };
  const struck: Struck[] = [];
  const arena: Arena = {
    product,
    watch,
    idsInFlight: () => idsOf(watch.open, plans, spawning),
    stopSeconds: options.stopSeconds,
    cleanup,
    startedMs,
  };
  const work = [
    watch.run(),
    spawnAll(product.agents, plans, watch, spawning, options.sabotage).finally(() => watch.end()),
    strikeAll(arena, blows, struck),
    ...(options.sabotage === 'agents' ? [terminateOne(arena, turns)] : []),
  ];
  await saying(Promise.all(work), () => {
    const spawned = spawning.ids.filter((ids) => ids.length > 0).length;
    return `${spawned} of ${plans.length} agents spawned, ${spawning.open} open, ${watch.turnsSeen} of ${turns} turns, ${struck.length} of ${blows.length} blows`;
  });
  const durationMs = Date.now() - startedMs;
  say('reading what has become of the agents');
  const findings = await judgeAll(arena, plans, spawning);
  const counted = { ...countsOf(plans), planned: options.blows, struck, findings };
  return { ...counted, model: await model.totals(), durationMs, temporalServer };
}

/** Says from time to time how far it is. */
async function saying(work: Promise<unknown>, howFar: () => string): Promise<void> {
  const timer = setInterval(() => say(howFar()), SAY_EVERY_MS);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
}

function idsOf(markers: readonly string[], plans: readonly AgentPlan[], { ids }: Spawning): string[] {
  const wanted = new Set(markers);
  return plans.flatMap(({ marker, index }) => (wanted.has(marker) ? (ids[index] ?? []) : []));
}

async function judgeAll({ product }: Arena, plans: readonly AgentPlan[], spawning: Spawning) {
  const listed = await idsByMarker(product.agents);
  const idsFor = ({ marker, index }: AgentPlan) => [
    ...new Set([...(spawning.ids[index] ?? []), ...(listed.get(marker) ?? [])]),
  ];
  const found = await readAll(product.agents, plans.flatMap(idsFor));
  return plans.flatMap((plan) => {
    const ids = idsFor(plan);
    return judgeAgent(
      expectedOf(plan),
      ids,
      ids.flatMap((id) => found.get(id) ?? []),
    );
  });
}

function countsOf(plans: readonly AgentPlan[]): Pick<RunFacts, 'agents' | 'turns' | 'toolCalls'> {
  const turns = plans.flatMap((plan) => plan.turns);
  return {
    agents: plans.length,
    turns: turns.length,
    toolCalls: turns.reduce((sum, turn) => sum + turn.calls.length, 0),
  };
}
