import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { AgentActivities, ModelCall, ModelFault, ModelReply, Provider } from '../workflows/contract';
import { fitReply } from '../workflows/fit';
import { tierOn } from '../workflows/queues';
import { askingLine, oneLine } from '../workflows/text';
import type { Measures } from './measures';
import { patienceLeftMs, type Trouble, unavailable, withRest } from './model/backoff';
import type { Model, ModelAnswer, ModelRequest } from './model/model';
import { type ModelPlaces, placeFor } from './model/places';
import { costUsd, type Price } from './model/pricing';
import { type Pulse, withPulse } from './pulse';
import { toolSchemas } from './tools';
import type { ReadTranscript, RunId } from './transcript';
import { type LimitedAnswer, withinLimits } from './withinLimits';

export interface CallModelDeps {
  models: Record<Provider, Model>;
  /** Undefined for a model without a known price: it counts as free, and a spawn with a limit on its cost is refused. */
  priceOf: (model: string) => Price | undefined;
  transcript: ReadTranscript;
  /** How often a call that waits for a person is tried again. */
  probeEveryMs: number;
  /** Aborted as soon as this worker is to end: a call that only waits is then handed over without using up the grace. */
  draining: AbortSignal;
  measures: Measures;
  places: ModelPlaces;
}

export function createCallModel(deps: CallModelDeps): AgentActivities['callModel'] {
  return async (call) => {
    const context = Context.current();
    const start = call.waitingFor ?? askingLine(call);
    const price = deps.priceOf(call.model);
    let queuedMs: number | undefined;
    const reply = await withPulse(
      context,
      call.progress,
      start,
      async (pulse) => {
        const leave = await placeFor(context, call.tier, deps.places, pulse.signal);
        if (!leave) return ABORTED;
        queuedMs = queuedMsOf(context);
        try {
          const { head, messages } = await deps.transcript(
            runOf(context),
            call.messageCount,
            call.epoch ?? 0,
          );
          const request = { model: call.model, head, messages, tools: toolSchemas(head.tools) };
          const model = deps.models[call.provider];
          const ask = (within: ModelRequest) => answer(model, within, call, pulse, deps);
          return await withinLimits(call, price, request, ask);
        } catch (error) {
          const failure = withRest(error, { attempt: context.info.attempt, ...troubleOf(call, pulse) });
          deps.measures.modelRests(call.tier, failure);
          throw failure;
        } finally {
          leave();
        }
      },
      (result) => result.stop === 'aborted',
    );
    return { ...withCost(fitReply(reply), price), ...(queuedMs === undefined ? {} : { queuedMs }) };
  };
}

/** Until it had a place here; undefined for a call that came past its queue. */
function queuedMsOf({ info }: Context): number | undefined {
  if (tierOn(info.taskQueue) === undefined) return undefined;
  return Math.max(0, Date.now() - info.currentAttemptScheduledTimestampMs);
}

/** Asks once; or, for an agent that waits for a person, from time to time until the call goes through. */
async function answer(
  model: Model,
  request: ModelRequest,
  call: ModelCall,
  pulse: Pulse,
  { probeEveryMs, draining }: CallModelDeps,
): Promise<ModelAnswer> {
  const onText = (text: string) => pulse.say(`writing: ${oneLine(text.slice(-200), 100)}`);
  for (let need = call.waitingFor; ; ) {
    if (need !== undefined) {
      pulse.say(need, need);
      const leftMs = patienceLeftMs(troubleOf(call, pulse));
      if (leftMs <= 0) throw unavailable(need);
      const pauseMs = Math.min(probeEveryMs, leftMs);
      const signal = AbortSignal.any([pulse.signal, draining]);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return ABORTED;
    }
    try {
      return await model.call(request, { signal: pulse.signal, tier: call.tier, onText });
    } catch (error) {
      if (need === undefined || !needsPerson(error)) throw error;
      need = error.message;
    }
  }
}

function troubleOf({ giveUpAfterMs }: ModelCall, pulse: Pulse): Omit<Trouble, 'attempt'> {
  const nowMs = Date.now();
  return { sinceMs: pulse.noteTrouble(nowMs), nowMs, giveUpAfterMs, random: Math.random() };
}

export function runOf({ info }: Context): RunId {
  if (!info.workflowExecution) throw ApplicationFailure.nonRetryable('It runs only inside an agent.');
  return info.workflowExecution;
}

const NO_TOKENS = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
/** It was stopped before it asked anything. */
export const ABORTED: LimitedAnswer = { blocks: [], stop: 'aborted', tokens: NO_TOKENS };

function needsPerson(error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.type === ('needs_person' satisfies ModelFault);
}

function withCost({ tokens, ...answered }: LimitedAnswer, price: Price | undefined): ModelReply {
  return { ...answered, usage: { ...tokens, costUsd: price ? costUsd(tokens, price) : 0 } };
}
