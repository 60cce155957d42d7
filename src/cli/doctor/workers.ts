/** What the answers of a cluster's workers mean for whoever spawns agents from here. Pure. */
import type { Provider } from '../../../workflows/contract';
import type { WorkerFacts } from '../../../workflows/doctor';
import { taskQueues, tierOn } from '../../../workflows/queues';
import type { Check } from '../../local';
import { compareVersions } from '../../local/version';
import type { Answer } from './ask';

export interface Caller {
  version: string;
  provider: Provider;
  /** Id of the key that encrypts here. */
  encryptionKey?: string | undefined;
  workspace: string;
  /** Of the workers that see the workspace. */
  toolQueue: string;
}

type Answers = Readonly<Record<string, Answer>>;

export function checksOf(answers: Answers, caller: Caller): Check[] {
  const facts = Object.entries(answers).flatMap(([queue, answer]): Told[] =>
    answer.kind === 'facts' ? [{ queue, ...answer.facts }] : [],
  );
  return [
    checkAnswers(answers, caller),
    ...checkEncryption(answers, facts, caller),
    ...(facts.length === 0 ? [] : [checkVersions(facts, caller), checkModel(facts, caller)]),
    ...facts.flatMap((told) => (told.queue === caller.toolQueue ? checkWorkspace(told, caller) : [])),
  ];
}

type Told = WorkerFacts & { queue: string };

/** A busy worker of models is no fault; those of agents have always room for a question. */
function checkAnswers(answers: Answers, { version }: Caller): Check {
  const name = "workers' answers";
  const failed = Object.entries(answers).flatMap(([queue, answer]) =>
    answer.kind === 'failed' ? [{ queue, why: answer.why }] : [],
  );
  if (failed.length > 0) {
    // Mostly it is the worker of agents, whose fault then stands behind every question.
    const told = [...new Set(failed.map(({ why }) => why))].map((why) => {
      const queues = failed.filter((one) => one.why === why).map(({ queue }) => queue);
      return `${queues.join(', ')}: ${UNKNOWN_QUESTION.test(why) ? `older than ${version}, which is here` : why}`;
    });
    const fix =
      'Give workers and clients the same version (workers first) and the same keys: docs/operations.md says how';
    return { name, ok: false, detail: told.join('; '), fix };
  }
  const silent = Object.keys(answers).filter((queue) => answers[queue]?.kind === 'silent');
  if (silent.includes(taskQueues.agents)) {
    const detail = `none from ${taskQueues.agents} in time: agents stay pending, or the last worker has just gone`;
    return { name, ok: false, detail, fix: 'See that one runs, and what its log says: bga worker' };
  }
  const detail =
    silent.length === 0
      ? 'one of each queue'
      : `none in time from ${silent.join(', ')}: all its places are taken, or the last worker has just gone`;
  return { name, ok: true, detail, fix: '' };
}

/** What workers of before the question say: those of agents by the SDK, others by themselves (`titledTry.ts`). */
const UNKNOWN_QUESTION = /workflow of type 'doctor'|no activity tellFacts/;

const SHARE =
  'Give every worker and client the same BGA_ENCRYPTION_KEY, the newest key first and the older ones behind it';

function checkEncryption(answers: Answers, facts: readonly Told[], { encryptionKey: key }: Caller): Check[] {
  const name = "workers' encryption";
  const unreadable = Object.entries(answers).flatMap(([queue, answer]) =>
    answer.kind === 'unreadable' ? [{ queue, why: answer.why }] : [],
  );
  const [first] = unreadable;
  if (first) {
    const queues = unreadable.map(({ queue }) => queue).join(', ');
    const detail = `what the workers of ${queues} write cannot be read here. ${first.why}`;
    return [{ name, ok: false, detail, fix: SHARE }];
  }
  if (facts.length === 0) return [];
  if (key === undefined) return [{ name, ok: true, detail: 'off, as here', fix: '' }];
  const without = facts
    .filter(({ encryptionKeys }) => !encryptionKeys.includes(key))
    .map(({ queue }) => queue);
  if (without.length === 0)
    return [{ name, ok: true, detail: `they have key ${key}, with which is encrypted here`, fix: '' }];
  const detail = `the workers of ${without.join(', ')} have not key ${key}, with which is encrypted here: agents wait for it`;
  return [{ name, ok: false, detail, fix: SHARE }];
}

/** Workers are replaced first, so theirs may be newer. */
function checkVersions(facts: readonly Told[], { version }: Caller): Check {
  const name = "workers' version";
  const others = facts.filter((told) => told.version !== version);
  const listed = others.map((told) => `${told.version} on ${told.queue}`).join(', ');
  if (others.length === 0) return { name, ok: true, detail: version, fix: '' };
  const older = others.some((told) => compareVersions(told.version, version) < 0);
  const detail = `${listed}; here it is ${version}`;
  const fix = older ? 'Replace the workers first, and clients after them' : '';
  return { name, ok: !older, detail, fix };
}

function checkModel(facts: readonly Told[], { provider }: Caller): Check {
  const name = "workers' model";
  const callers = facts.filter(({ queue }) => tierOn(queue));
  const able = callers.filter(({ modelAccess }) => modelAccess !== 'none');
  if (provider === 'offline') {
    const detail =
      able.length === 0
        ? 'the offline scout, as here'
        : 'they could call Claude, and the offline scout is what is asked for here: for Claude set BGA_MODEL_PROVIDER=anthropic';
    return { name, ok: true, detail, fix: '' };
  }
  const without = callers.filter(({ modelAccess }) => modelAccess === 'none').map(({ queue }) => queue);
  if (without.length > 0) {
    const detail = `the workers of ${without.join(', ')} have no API key: agents wait for one`;
    const fix =
      'Set ANTHROPIC_API_KEY where they start, or ask for the offline scout: BGA_MODEL_PROVIDER=offline';
    return { name, ok: false, detail, fix };
  }
  const [bad] = able.filter(({ modelReach }) => modelReach?.ok === false);
  if (bad?.modelReach)
    return {
      name,
      ok: false,
      detail: `from the worker of ${bad.queue}: ${bad.modelReach.detail}`,
      fix: `There: ${bad.modelReach.fix}`,
    };
  const detail = able[0]?.modelReach?.detail;
  return {
    name,
    ok: true,
    detail: detail === undefined ? 'anthropic, as here' : `from there ${detail}`,
    fix: '',
  };
}

function checkWorkspace({ queue, workspace }: Told, caller: Caller): Check[] {
  const name = "workers' workspace";
  if (workspace === undefined) return [];
  if (workspace.kind === 'readable')
    return [{ name, ok: true, detail: `${caller.workspace} can be read on ${queue}`, fix: '' }];
  const detail =
    workspace.kind === 'outside_roots'
      ? `${caller.workspace} lies outside the roots that the worker of ${queue} allows`
      : `the worker of ${queue}: ${workspace.why}`;
  const fix =
    'Name a directory that it has, with -C; add this one to its BGA_WORKSPACE_ROOTS; or run a worker where it is (bga worker --queues workspace-NAME, BGA_WORKSPACE_QUEUE)';
  return [{ name, ok: false, detail, fix }];
}
