import type { ModelAccess } from '../../src/local';
import { accessId, fingerprint } from '../../src/local/access';
import { type Circumstances, verdictOn, type Wanted } from '../../src/local/replacement';
import { supersede } from '../../src/local/superseded';

const offline: ModelAccess = { provider: 'offline', key: 'none' };
const none: ModelAccess = { provider: 'anthropic', key: 'none', baseUrl: 'http://gateway/' };
const key = (name: string, more: Partial<ModelAccess> = {}): ModelAccess => ({
  provider: 'anthropic',
  key: 'environment',
  fingerprint: fingerprint(name),
  ...more,
});
const file = (name: string) => key(name, { key: 'file' });

type State = 'ready' | 'restarting' | 'stopping';

function verdict(
  access: ModelAccess,
  caller: ModelAccess,
  {
    version = '1.0.0',
    state = 'ready' as State,
    fileKey,
    ...more
  }: Partial<Circumstances> & Wanted & { state?: State } = {},
) {
  return verdictOn(
    { state, version: '1.0.0', provider: access.provider, access },
    { version, access: caller, ...(fileKey === undefined ? {} : { fileKey }) },
    { missing: [], superseded: [], replace: 'once', ...more },
  );
}

const restarts = expect.objectContaining({ replace: expect.anything() });
const stays = expect.not.objectContaining({ replace: expect.anything() });
const staysAndSays = (why: string) => ({
  remark: { why, text: expect.stringContaining('was left as it is') },
});

describe('the service that runs, and a caller', () => {
  it.each<[string, ModelAccess, ModelAccess, string | undefined, unknown]>([
    ['with the same key', key('a'), key('a'), undefined, stays],
    ['with a key where it has none', offline, key('a'), undefined, restarts],
    ['with a key in the file where it has none', offline, file('a'), fingerprint('a'), restarts],
    ['with another key', key('a'), key('b'), undefined, restarts],
    [
      'with a key in the file other than the one of its environment',
      key('a'),
      file('b'),
      fingerprint('b'),
      restarts,
    ],
    [
      'with a changed key in the file, which its worker reads by itself',
      file('a'),
      file('b'),
      fingerprint('b'),
      stays,
    ],
    ['with the key of the file in its environment', file('a'), key('a'), fingerprint('a'), stays],
    [
      'with a key for a gateway that it calls without one',
      none,
      key('a', { baseUrl: 'http://gateway/' }),
      undefined,
      restarts,
    ],
    ['with another base URL', key('a'), key('a', { baseUrl: 'http://gateway/' }), undefined, restarts],
    [
      'without the base URL that it has',
      key('a', { baseUrl: 'http://gateway/' }),
      key('a'),
      undefined,
      stays,
    ],
    ['without a key', key('a'), offline, undefined, stays],
    [
      'without a key, but a base URL of its own',
      key('a', { baseUrl: 'http://gateway/' }),
      none,
      undefined,
      stays,
    ],
    ['that wants no key, as it', offline, offline, undefined, stays],
  ])('%s', (_, running, caller, fileKey, expected) => {
    expect(verdict(running, caller, fileKey === undefined ? {} : { fileKey })).toEqual(expected);
  });

  it('of a newer version takes over, of an older one leaves it and says so', () => {
    expect(verdict(offline, offline, { version: '1.0.1' })).toEqual(restarts);
    expect(verdict(offline, key('a'), { version: '0.9.9' })).toEqual(staysAndSays('version'));
  });

  it('of a newer version without the key leaves it and says so: agents would be without a model', () => {
    expect(verdict(key('a'), offline, { version: '2.0.0' })).toEqual(staysAndSays('version'));
    expect(verdict(file('a'), file('a'), { version: '2.0.0', fileKey: fingerprint('a') })).toEqual(restarts);
  });

  it('without a key that payloads are encrypted with leaves it: nobody could read the agents any more', () => {
    const running = {
      state: 'ready' as const,
      version: '1.0.0',
      provider: 'offline',
      encryptionKeys: ['k1'],
    };
    const as = { missing: [], superseded: [], replace: 'once' as const };
    expect(verdictOn(running, { version: '2.0.0' }, as)).toEqual(staysAndSays('version'));
    expect(verdictOn(running, { version: '2.0.0', encryptionKeys: ['k2', 'k1'] }, as)).toEqual(restarts);
  });

  it('takes over when its files are gone; when it cannot run, whoever comes', () => {
    const missing = ['/gone/main.js'];
    expect(verdict(key('a'), key('a'), { missing })).toEqual(restarts);
    expect(verdict(key('a'), offline, { missing })).toEqual(staysAndSays('files'));
    expect(verdict(key('a'), key('a'), { missing, version: '0.9.0' })).toEqual(staysAndSays('version'));
    const broken = { missing, state: 'restarting' as const };
    expect(verdict(key('a'), offline, { ...broken, replace: 'never' })).toEqual(restarts);
    expect(verdict(key('a'), key('a'), { ...broken, version: '0.9.0' })).toEqual(restarts);
  });

  it('does not touch one that stops already, nor one that will do', () => {
    expect(verdict(offline, key('a'), { state: 'stopping' })).toEqual({});
    expect(verdict(offline, key('a'), { replace: 'never' })).toEqual({});
  });
});

it('two environments with different keys do not take it from each other by turns', () => {
  const superseded = supersede([], key('a'), key('b'));
  expect(verdict(key('b'), key('a'), { superseded })).toEqual(staysAndSays('access'));
  expect(verdict(key('b'), key('a'), { superseded, replace: 'always' })).toEqual(restarts);
  // A new one takes over all the same, and one that was asked for is current again.
  expect(verdict(key('b'), key('c'), { superseded })).toEqual(restarts);
  expect(supersede(superseded, key('b'), key('a'))).toEqual([accessId(key('b'))]);
});

it('what is recorded of a key does not hold it', () => {
  expect(accessId(key('sk-ant-secret'))).not.toContain('secret');
  expect(fingerprint('sk-ant-secret')).toMatch(/^[0-9a-f]{12}$/);
});
