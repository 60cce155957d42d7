/** What is said of a start while it lasts: which step, how long it takes, and how many there are. */
import { troubleText } from './endings';
import { type LocalOptions, type Progress, type ProgressUpdate, SLOW_STEPS, type StepKind } from './options';
import { findOnPath } from './probe';
import type { ServiceState } from './state';

export type Step = Pick<ProgressUpdate, 'kind' | 'text'>;

const TICK_MS = 2_000;
const TAKES: Partial<Record<StepKind, string>> = { server: 'a few seconds', worker: 'a few seconds' };

/** All steps of the first start on this machine; a download that succeeds leaves out the build. */
export function firstSteps({ env }: Pick<LocalOptions, 'env'>): StepKind[] {
  const canDownload = env.BGA_NO_DOWNLOAD !== '1';
  const canBuild = findOnPath('go', env) !== undefined;
  return [
    ...(canDownload ? (['download'] as const) : []),
    ...(canBuild ? (['build'] as const) : []),
    'server',
    'worker',
  ];
}

/** Numbers the steps from the first on that takes minutes: an ordinary start is over before anybody could count. */
export function numbered(steps: readonly StepKind[], progress: Progress): Progress {
  let isFirstStart = false;
  return (update) => {
    isFirstStart ||= SLOW_STEPS.includes(update.kind);
    progress(isFirstStart ? { ...update, text: withNumber(steps, update) } : update);
  };
}

function withNumber(steps: readonly StepKind[], { kind, text }: ProgressUpdate): string {
  const takes = TAKES[kind] === undefined ? '' : `, ${TAKES[kind]}`;
  const index = steps.indexOf(kind);
  return index < 0 ? text : `step ${index + 1} of ${steps.length}: ${text}${takes}`;
}

/** What a service that is not ready does now. */
export function stepOf(state: ServiceState | undefined): Step {
  if (state?.state === 'stopping')
    return { kind: 'replace', text: 'waiting for the previous local service to stop' };
  const told = troubleText(state?.endings, Date.now());
  const trouble = told === undefined ? '' : `; ${told}`;
  if (state?.state === 'restarting')
    return { kind: 'server', text: `waiting for the local service to recover${trouble}` };
  if (state?.address !== undefined) return { kind: 'worker', text: `starting the worker${trouble}` };
  return { kind: 'server', text: `starting the local Temporal server${trouble}` };
}

/** What a service does that was told to stop: first its worker, then its server. */
export function stopStepOf(state: ServiceState | undefined, version: string): string {
  if (state?.workers.length) return `draining the worker of version ${version}`;
  return `stopping the Temporal server of version ${version}`;
}

/** Says a new step at once, and that it still lasts every two seconds. */
export function ticker(progress: Progress, nowMs: () => number = Date.now) {
  const sinceMs = nowMs();
  let said = { text: '', atMs: sinceMs };
  return (step: Step) => {
    const atMs = nowMs();
    if (step.text === said.text && atMs - said.atMs < TICK_MS) return;
    said = { text: step.text, atMs };
    progress({ ...step, elapsedSeconds: Math.round((atMs - sinceMs) / 1000) });
  };
}
