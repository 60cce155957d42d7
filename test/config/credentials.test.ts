import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiKeyPath, ConfigError, findApiKey, readApiKey, removeApiKey, writeApiKey } from '../../src/config';
import { Place } from './place';

let place: Place;
let stateDir: string;
beforeEach(() => {
  place = new Place();
  stateDir = join(place.root, 'state dir');
});
afterEach(() => place.remove());

it('keeps a key for its owner alone, and gives it back without white space', () => {
  writeApiKey(stateDir, ' sk-ant-1 \n');
  expect(readApiKey(stateDir, {})).toBe('sk-ant-1');
  expect(statSync(apiKeyPath(stateDir)).mode & 0o777).toBe(0o600);
  expect(statSync(stateDir).mode & 0o777).toBe(0o700);
  expect(readdirSync(stateDir)).toEqual(['anthropic-key']);
});

it('prefers the key of the environment', () => {
  writeApiKey(stateDir, 'sk-file');
  expect(readApiKey(stateDir, { ANTHROPIC_API_KEY: ' sk-env ' })).toBe('sk-env');
  expect(readApiKey(stateDir, { ANTHROPIC_API_KEY: ' ' })).toBe('sk-file');
  expect(findApiKey(stateDir, { ANTHROPIC_API_KEY: 'x' })).toBe('environment');
  expect(findApiKey(stateDir, {})).toBe('file');
});

it('picks up a changed key, and one that is gone', () => {
  writeApiKey(stateDir, 'sk-1');
  expect(readApiKey(stateDir, {})).toBe('sk-1');
  writeApiKey(stateDir, 'sk-2');
  expect(readApiKey(stateDir, {})).toBe('sk-2');
  expect(removeApiKey(stateDir)).toBe(true);
  expect(removeApiKey(stateDir)).toBe(false);
  expect(readApiKey(stateDir, {})).toBeUndefined();
  expect(findApiKey(stateDir, {})).toBeUndefined();
});

it.each([0o640, 0o604, 0o666])('refuses a file of mode %o with the command that mends it', (mode) => {
  writeApiKey(stateDir, 'sk-CANARY');
  chmodSync(apiKeyPath(stateDir), mode);
  expect(() => readApiKey(stateDir, {})).toThrow(`Run: chmod 600 '${apiKeyPath(stateDir)}'`);
  expect(() => readApiKey(stateDir, {})).toThrow(ConfigError);
});

it.each(['', '  \n', 'sk-CANARY\nsk-2', 'sk CANARY', 'sk-CANÄRY', 'CANARY\u0000', 'CANARY'.repeat(1_000)])(
  'refuses %j as a key, without repeating it',
  (key) => {
    const messages = [() => writeApiKey(stateDir, key), () => readKeyFile(key)].map(messageOf);
    for (const message of messages) {
      expect(message).toContain('the API key');
      expect(message).not.toMatch(/CAN/);
    }
  },
);

it('neither hangs on a FIFO nor reads a directory', () => {
  mkdirSync(stateDir);
  execFileSync('mkfifo', ['-m', '600', apiKeyPath(stateDir)]);
  expect(() => readApiKey(stateDir, {})).toThrow('not a regular file');
  rmSync(apiKeyPath(stateDir));
  mkdirSync(apiKeyPath(stateDir), { mode: 0o700 });
  expect(() => readApiKey(stateDir, {})).toThrow('not a regular file');
});

function readKeyFile(key: string): string | undefined {
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(apiKeyPath(stateDir), key, { mode: 0o600 });
  return readApiKey(stateDir, {});
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return 'nothing was thrown';
}
