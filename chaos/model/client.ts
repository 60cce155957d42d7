/** The scripted model's process, as the run sees it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import type { Cleanup } from '../../bench/cleanup';
import type { Look, Totals } from './ledger';

export interface ModelProcess {
  url: string;
  look(): Promise<Look>;
  totals(): Promise<Totals>;
}

const look = z.object({ turnsSeen: z.number(), open: z.array(z.string()) });
const totals = z.object({
  asked: z.number(),
  answered: z.number(),
  repeated: z.number(),
  faults: z.record(z.string(), z.number()),
  strange: z.array(z.string()),
});

export async function startModel(seed: number, agents: number, cleanup: Cleanup): Promise<ModelProcess> {
  const child = fork(join(__dirname, 'serverMain.js'), [String(seed), String(agents)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  cleanup.add(() => child.disconnect());
  const ended = new AbortController();
  child.once('exit', () => ended.abort(new Error('The scripted model has ended.')));
  const next = async (): Promise<unknown> => (await once(child, 'message', { signal: ended.signal }))[0];
  const url = z.string().parse(await next());
  // One question at a time: answers come in the order of the questions.
  let last: Promise<unknown> = Promise.resolve();
  const ask = (question: 'look' | 'totals'): Promise<unknown> => {
    const answer = last.then(() => {
      const told = next();
      child.send(question);
      return told;
    });
    last = answer.catch(() => undefined);
    return answer;
  };
  return {
    url,
    look: async () => look.parse(await ask('look')),
    totals: async () => totals.parse(await ask('totals')),
  };
}
