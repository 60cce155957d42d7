/** Asking the model until it answers: through waits for a person, through wake-ups, and through changes of the model. */
import { callModel } from './calls';
import type { ModelReply } from './contract';
import { needOfPerson, unavailableBecause } from './faults';
import type { AgentRun } from './run';
import { recordSpend } from './state';
import { askingLine } from './text';
import type { Slept } from './waker';

/** Flat on purpose: the SDK notes a stack for every promise of a workflow, which is a good part of what a turn costs its worker. */
export async function askModel(run: AgentRun): Promise<ModelReply> {
  for (let need: string | undefined; ; ) {
    try {
      const reply = replyOf(run, await attempt(run, need));
      if (reply) return reply;
      need = undefined;
    } catch (error) {
      need = needAfter(run, error);
    }
  }
}

/** @param need what a person must do before it makes sense to ask again */
function attempt(run: AgentRun, need: string | undefined): Promise<Slept<ModelReply>> {
  if (need !== undefined) return run.waiting(need, () => ask(run, need));
  run.doing(askingLine({ provider: run.input.provider, model: run.served.model }));
  return ask(run);
}

function ask(run: AgentRun, need?: string): Promise<Slept<ModelReply>> {
  const call = () => callModel(run, need);
  if (run.input.resumable) return run.waker.during(call);
  return call().then((result) => ({ woken: false, result }));
}

/** Of a reply that was cut short by a wake-up only the price stays: its text will come again. */
function replyOf(run: AgentRun, { woken, result }: Slept<ModelReply>): ModelReply | undefined {
  if (!result || !woken || result.stop !== 'aborted') return result;
  run.charge(run.served, result.usage);
  run.state = recordSpend(run.state, result.usage);
  return undefined;
}

/** Undefined: it asks again at once, the next model if this one is not available. */
function needAfter(run: AgentRun, error: unknown): string | undefined {
  const why = unavailableBecause(error);
  if (why !== undefined) {
    run.fallBack(why);
    return undefined;
  }
  const need = needOfPerson(error);
  if (need === undefined) throw error;
  return need;
}
