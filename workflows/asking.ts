/** Asking the model until it answers: through waits for a person, through wake-ups, and through changes of the model. */
import { callModel } from './calls';
import type { ModelReply } from './contract';
import { needOfPerson, unavailableBecause } from './faults';
import type { AgentRun } from './run';
import { recordSpend } from './state';
import { askingLine } from './text';

/** `need`: what a person must do before it makes sense to ask again. */
type Answer = { reply: ModelReply } | { reply?: undefined; need?: string };

export async function askModel(run: AgentRun): Promise<ModelReply> {
  let answer: Answer = {};
  while (!answer.reply) answer = await attempt(run, answer.need);
  return answer.reply;
}

async function attempt(run: AgentRun, need: string | undefined): Promise<Answer> {
  try {
    if (need !== undefined) return await run.waiting(need, () => ask(run, need));
    run.doing(askingLine({ provider: run.input.provider, model: run.served.model }));
    return await ask(run);
  } catch (error) {
    const why = unavailableBecause(error);
    if (why !== undefined) {
      run.fallBack(why);
      return {};
    }
    const asked = needOfPerson(error);
    if (asked === undefined) throw error;
    return { need: asked };
  }
}

/** Of a reply that was cut short by a wake-up only the price stays: its text will come again. */
async function ask(run: AgentRun, need?: string): Promise<Answer> {
  if (!run.input.resumable) return { reply: await callModel(run, need) };
  const { woken, result } = await run.waker.during(() => callModel(run, need));
  if (!result) return {};
  if (!woken || result.stop !== 'aborted') return { reply: result };
  run.charge(run.served, result.usage);
  run.state = recordSpend(run.state, result.usage);
  return {};
}
