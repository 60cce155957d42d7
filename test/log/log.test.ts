import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { redact, withoutKeys, withoutKeysSoFar } from '../../activities/redact';
import { addKey } from '../../src/codec/keyFile';
import { loadConfig } from '../../src/config';
import { writeApiKey } from '../../src/config/credentials';
import { secretsOfEnvironment } from '../../src/log/environment';
import { type LogSettings, openLog } from '../../src/log/log';
import { secretsOf } from '../../src/log/secrets';
import { temporalLogging } from '../../src/log/temporal';
import { addToken } from '../../src/mcp/http/tokens';

const KEY = 'a-key-with-"quotes"-in-it';

async function logged(settings: Partial<LogSettings> = {}) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const log = await openLog({
    format: 'json',
    level: 'info',
    program: 'worker',
    secrets: () => [KEY],
    write,
    ...settings,
  });
  return { lines, log };
}

it('writes one object a line, with level and time by name and what the line is about', async () => {
  const { lines, log } = await logged();
  log('warn', 'It failed.', { agentId: 'explore-1', tier: 'haiku', durationMs: 5 }, Date.UTC(2026, 0, 2));
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      level: 'warn',
      time: '2026-01-02T00:00:00.000Z',
      program: 'worker',
      pid: process.pid,
      agentId: 'explore-1',
      tier: 'haiku',
      durationMs: 5,
      msg: 'It failed.',
    },
  ]);
});

it.each(['json', 'text'] as const)('leaves out as %s what is below its level', async (format) => {
  const { lines, log } = await logged({ format, level: 'warn' });
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) log(level, `at ${level}`);
  expect(lines).toEqual([expect.stringContaining('at warn'), expect.stringContaining('at error')]);
  const silent = await logged({ format, level: 'silent' });
  silent.log('error', 'not even this');
  expect(silent.lines).toEqual([]);
});

it.each(['json', 'text'] as const)('as %s holds no secret, wherever it stands', async (format) => {
  const { lines, log } = await logged({ format, level: 'trace' });
  const cause = new Error(`connect https://me:pw-of-mine@host/?key=${KEY}`);
  const error = ApplicationFailure.create({ message: `rejected ${KEY}`, type: 'retryable', cause });
  log('error', `${KEY} and sk-ant-api03-abcdefgh`, {
    error,
    headers: { authorization: 'opaque-word', 'x-api-key': 'other-word', accept: [`Bearer ${KEY}`] },
    deep: { a: { b: { c: JSON.stringify({ KEY }) } } },
  });
  expect(lines.join('\n')).not.toMatch(/a-key-with|quotes|sk-ant|pw-of-mine|opaque-word|other-word/);
  expect(lines.join('\n')).toContain('retryable');
});

it('takes what the SDK tells, by its own names and with its own time', async () => {
  const { lines, log } = await logged({ level: 'trace' });
  const { logger } = temporalLogging(log);
  logger?.warn('Activity failed', {
    [Symbol.for('log_timestamp')]: 1_767_312_000_000_000_000n,
    workflowId: 'explore-1',
    workflowType: 'agent',
    workflowRunId: 'run-1',
    taskToken: 'opaque',
  });
  expect(JSON.parse(lines.join())).toMatchObject({
    level: 'warn',
    time: '2026-01-02T00:00:00.000Z',
    agentId: 'explore-1',
    workflowId: 'explore-1',
    runId: 'run-1',
  });
  expect(lines.join()).not.toContain('opaque');
});

it('takes no warning from the SDK for what is as it is meant', async () => {
  const { lines, log } = await logged();
  const { logger } = temporalLogging(log);
  logger.warn('No workflows registered, not polling for workflow tasks', { taskQueue: 'model-opus' });
  logger.warn('No activities registered, not polling for activity tasks', { taskQueue: 'model-opus' });
  expect(lines).toEqual([expect.stringContaining('No activities registered')]);
});

it('knows the secrets of the environment and of the files, and those of before', () => {
  const home = mkdtempSync(join(tmpdir(), 'bga-secrets-'));
  try {
    const env = {
      BGA_HOME: home,
      XDG_CONFIG_HOME: home,
      HOME: home,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      TEMPORAL_API_KEY: 'key-of-temporal',
      ANTHROPIC_BASE_URL: 'https://me:password@gateway.example/v1?token=in-the-address',
    };
    writeApiKey(home, 'key-in-a-file');
    const { secret } = addKey(home);
    const token = addToken(home, 'me');
    let nowMs = 0;
    const secrets = secretsOf(loadConfig({ env }), env, () => nowMs);
    expect(secrets()).toEqual(
      expect.arrayContaining([
        ...['key-of-temporal', 'password', 'in-the-address', 'key-in-a-file', token],
        ...[secret.export().toString('base64'), secret.export().toString('hex')],
      ]),
    );
    writeApiKey(home, 'the-next-key');
    nowMs = 60_000;
    expect(secrets()).toEqual(expect.arrayContaining(['key-in-a-file', 'the-next-key']));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  expect(secretsOfEnvironment({ BGA_ENCRYPTION_KEY: 'one, two', PATH: '/bin' })).toEqual(['one', 'two']);
});

describe('what agents read and say', () => {
  const LONG = 'a-key-of-some-length';

  it('loses the keys that we hold and nothing else', () => {
    const block = { type: 'text', text: `It is ${LONG}.`, input: [{ path: LONG, line: 1 }, null] };
    expect(withoutKeys(block, [LONG, 'ollama'])).toEqual({
      type: 'text',
      text: 'It is [redacted].',
      input: [{ path: '[redacted]', line: 1 }, null],
    });
    const words = 'Set sk-example-key; ollama needs none. Bearer tokens are long.';
    expect(withoutKeys(words, [LONG, 'ollama'])).toBe(words);
    expect(redact('Bearer abcdefgh ollama', ['ollama'])).toBe('[redacted] [redacted]');
  });

  it('shows no beginning of a key while it still grows', () => {
    const spoken = Array.from(LONG, (_, chars) => withoutKeysSoFar(`It is ${LONG.slice(0, chars)}`, [LONG]));
    for (const text of spoken) expect(text).not.toContain(LONG.slice(0, 8));
    expect(spoken.at(-1)).toBe('It is [redacted]');
  });
});
