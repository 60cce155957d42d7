/** What doctor makes of the answers of a cluster's workers. No server. */
import type { Answer } from '../../../src/cli/doctor/ask';
import { type Caller, checksOf } from '../../../src/cli/doctor/workers';
import type { WorkerFacts } from '../../../workflows/doctor';

const caller: Caller = {
  version: '0.10.0',
  provider: 'anthropic',
  workspace: '/code',
  toolQueue: 'workspace',
};
const well: WorkerFacts = {
  version: '0.10.0',
  modelAccess: 'key',
  encryptionKeys: [],
  workspace: { kind: 'readable' },
};
const told = (facts: Partial<WorkerFacts> = {}): Answer => ({ kind: 'facts', facts: { ...well, ...facts } });
const judge = (answers: Record<string, Answer>, here: Partial<Caller> = {}) =>
  checksOf(answers, { ...caller, ...here });
const failing = (...args: Parameters<typeof judge>) => judge(...args).filter(({ ok }) => !ok);

it('finds all well where workers are as the caller', () => {
  const checks = judge({ agents: told(), 'model-haiku': told(), workspace: told() });
  expect(checks.filter(({ ok, fix }) => !ok || fix !== '')).toEqual([]);
  expect(checks.map(({ name }) => name)).toEqual([
    "workers' answers",
    "workers' encryption",
    "workers' version",
    "workers' model",
    "workers' workspace",
  ]);
});

it.each<
  [
    fault: string,
    answers: Record<string, Answer>,
    here: Partial<Caller>,
    name: string,
    detail: RegExp,
    fix: RegExp,
  ]
>([
  [
    'a worker without the key that encrypts here',
    { agents: told({ encryptionKeys: ['old'] }), 'model-haiku': told({ encryptionKeys: ['old', 'new'] }) },
    { encryptionKey: 'new' },
    "workers' encryption",
    /^the workers of agents have not key new/,
    /BGA_ENCRYPTION_KEY/,
  ],
  [
    'workers whose key is not here',
    { agents: { kind: 'unreadable', why: 'This is encrypted with key k.' } },
    {},
    "workers' encryption",
    /^what the workers of agents write cannot be read here\. This is encrypted with key k\./,
    /BGA_ENCRYPTION_KEY/,
  ],
  [
    'a worker without an API key',
    {
      'model-haiku': told(),
      'model-opus': told({ modelAccess: 'none' }),
      workspace: told({ modelAccess: 'none' }),
    },
    {},
    "workers' model",
    /^the workers of model-opus have no API key/,
    /ANTHROPIC_API_KEY where they start/,
  ],
  [
    'a worker whose API key is rejected',
    {
      'model-opus': told({
        modelReach: { ok: false, detail: "Anthropic's API rejects the key", fix: 'Put it right' },
      }),
    },
    {},
    "workers' model",
    /^from the worker of model-opus: Anthropic's API rejects the key/,
    /^There: Put it right/,
  ],
  [
    'a directory outside the roots',
    { workspace: told({ workspace: { kind: 'outside_roots' } }) },
    {},
    "workers' workspace",
    /^\/code lies outside the roots/,
    /BGA_WORKSPACE_ROOTS/,
  ],
  [
    'a directory that is not there',
    { workspace: told({ workspace: { kind: 'refused', why: 'Workspace "/code" does not exist.' } }) },
    {},
    "workers' workspace",
    /^the worker of workspace: Workspace "\/code" does not exist/,
    /-C/,
  ],
  [
    'an older worker',
    { agents: told({ version: '0.9.1' }) },
    {},
    "workers' version",
    /^0\.9\.1 on agents; here it is 0\.10\.0/,
    /Replace the workers first/,
  ],
  [
    'workers of before the question',
    {
      agents: { kind: 'failed', why: "Failed to initialize workflow of type 'doctor': no such function" },
      workspace: { kind: 'failed', why: "Failed to initialize workflow of type 'doctor': no such function" },
    },
    {},
    "workers' answers",
    /^agents, workspace: older than 0\.10\.0, which is here$/,
    /workers first/,
  ],
  [
    'agents that no worker takes',
    { agents: { kind: 'silent' }, 'model-haiku': { kind: 'silent' } },
    {},
    "workers' answers",
    /^none from agents in time/,
    /bga worker/,
  ],
  [
    'a worker that cannot take the question',
    { agents: { kind: 'failed', why: 'no such workflow' } },
    {},
    "workers' answers",
    /^agents: no such workflow/,
    /the same version/,
  ],
])('tells of %s', (_, answers, here, name, detail, fix) => {
  expect(failing(answers, here)).toEqual([
    { name, ok: false, detail: expect.stringMatching(detail), fix: expect.stringMatching(fix) },
  ]);
});

it.each<[what: string, answers: Record<string, Answer>, here: Partial<Caller>, detail: RegExp]>([
  ['a newer worker', { agents: told({ version: '0.11.0' }) }, {}, /^0\.11\.0 on agents/],
  ['a gateway without a key', { 'model-haiku': told({ modelAccess: 'gateway' }) }, {}, /^anthropic/],
  ['a worker that is busy', { 'model-opus': { kind: 'silent' } }, {}, /^none in time from model-opus/],
  [
    'a caller who asks for the scout where Claude can be had',
    { 'model-haiku': told() },
    { provider: 'offline' },
    /for Claude set BGA_MODEL_PROVIDER=anthropic/,
  ],
])('takes %s for no fault', (_, answers, here, detail) => {
  expect(failing(answers, here)).toEqual([]);
  expect(judge(answers, here)).toContainEqual(
    expect.objectContaining({ detail: expect.stringMatching(detail) }),
  );
});
