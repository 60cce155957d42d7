/**
 * `node serverMain.js SEED AGENTS`: the scripted model, in a process of its own, so that a thousand agents' streams take no time
 * from the one that strikes and judges. It makes the plan itself; what it answers depends on the agent and its turn alone.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type RawReply, startRawModelServer } from '../../test/support/rawModelServer';
import { planAgents } from '../plan/agents';
import { Ledger } from './ledger';
import { answerOf, faultOf, refusalOf } from './reply';
import { readRequest } from './request';

async function main(): Promise<void> {
  const [seed, agents] = process.argv.slice(2).map(Number);
  // It must not outlive the run, however that ends; Ctrl-C reaches it as well, but its agents still need it then.
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => undefined);
  const plans = new Map(planAgents(seed ?? 0, agents ?? 0).map((plan) => [plan.marker, plan]));
  const ledger = new Ledger();
  const { url } = await startRawModelServer(
    async ({ body }): Promise<RawReply> => {
      const asked = readRequest(body, plans);
      if (typeof asked === 'string') {
        ledger.strange(asked);
        return refusalOf(asked);
      }
      const turn = asked.plan.turns[asked.turn];
      if (!turn) return refusalOf('There is no such turn.');
      const { triesBefore, over } = ledger.ask(asked.plan.marker, asked.turn);
      await delay(turn.latencyMs);
      const fault = turn.faults[triesBefore];
      if (!fault) return { ...answerOf(turn), onClosed: over };
      ledger.fault(fault);
      return { ...faultOf(fault, turn), onClosed: () => over(false) };
    },
    { keepsRequests: false },
  );
  process.on('message', (question) => process.send?.(question === 'look' ? ledger.look() : ledger.totals()));
  process.send?.(url);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
