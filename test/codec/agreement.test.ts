/** Whether the caller and the local worker can read each other. No server. */
import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common';
import { compareKeys } from '../../src/cli/doctor/encryption';
import { MissingKeyError } from '../../src/codec';
import { lacksKey } from '../../workflows/faults';
import { newKey } from './support';

const mine = newKey();
const old = newKey();
const fromEnvironment = { ...mine, source: 'environment' as const };

it.each([
  ['neither has a key', [], [], undefined],
  ['both have the same', [mine], [mine.id], undefined],
  ['the worker will find the new key in the file', [mine, old], [old.id], undefined],
  [
    'the worker cannot get the key',
    [fromEnvironment],
    [],
    /started without key .* BGA_ENCRYPTION_KEY sets here/,
  ],
  ['the caller cannot read', [], [mine.id], /encrypts with key .* which is not here/],
  ['the worker started before there was a key', [mine], [], /messages of failures as plain text/],
] as const)('doctor judges when %s', (_, keys, workers, problem) => {
  const { ok, detail, fix } = compareKeys(keys, workers);
  expect(ok).toBe(problem === undefined);
  if (problem === undefined) return expect(fix).toBe('');
  expect(detail).toMatch(problem);
  return expect(fix).toContain('bga down && bga up');
});

it('a workflow tells a tool that its worker could not decrypt from one that failed', () => {
  const failing = (cause: Error) =>
    new ActivityFailure('failed', 'callTool', '1', RetryState.MAXIMUM_ATTEMPTS_REACHED, 'worker', cause);
  // As the SDK makes it of what a codec throws.
  expect(lacksKey(failing(ApplicationFailure.fromError(new MissingKeyError(mine.id))))).toBe(true);
  expect(lacksKey(failing(ApplicationFailure.fromError(new Error('other'))))).toBe(false);
});
