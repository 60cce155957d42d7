import { chmodSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { addKey, findKeys, keysPath, readKeys } from '../../src/codec/keyFile';
import { openKeyring, strangeKey } from '../../src/codec/keyring';
import { newKeyText, parseKeys } from '../../src/codec/keys';
import { ConfigError } from '../../src/config';
import { inTemporaryFolder } from './support';

const idsIn = (stateDir: string, env = {}) => readKeys(stateDir, env).map(({ id }) => id);
const idOf = (text: string) => parseKeys(text, 'file', 'test')[0]?.id;

it('reads a key in base64, base64url and hex as the same key', () => {
  const hex = '00ff'.repeat(16);
  const bytes = Buffer.from(hex, 'hex');
  const forms = [hex, hex.toUpperCase(), bytes.toString('base64'), bytes.toString('base64url')];
  expect(new Set(forms.map(idOf)).size).toBe(1);
  expect(idOf(newKeyText())).toMatch(/^[0-9a-f]{12}$/);
});

it.each(['CANARY', 'CANARY'.repeat(20), `${newKeyText()}CANARY`, `${newKeyText()},CANARY`])(
  'refuses %j as keys, without repeating it',
  (text) => {
    const parsing = () => parseKeys(text, 'environment', 'BGA_ENCRYPTION_KEY');
    expect(parsing).toThrow(ConfigError);
    expect(parsing).toThrow(/^BGA_ENCRYPTION_KEY: encryption key [12] is not 32 bytes/);
    expect(parsing).not.toThrow(/CANARY/);
  },
);

it('shows nothing of a key that is logged by mistake', () => {
  const text = newKeyText();
  const [key] = parseKeys(text, 'file', 'test');
  const bytes = Buffer.from(text, 'base64url');
  for (const shown of [inspect(key, { depth: 9, showHidden: true }), JSON.stringify(key)]) {
    expect(shown).not.toContain(text);
    expect(shown).not.toContain(bytes.toString('hex'));
  }
});

it('a new key comes first, for its owner alone, and the older ones stay', () =>
  inTemporaryFolder((stateDir) => {
    const first = addKey(stateDir);
    const second = addKey(stateDir);
    expect(idsIn(stateDir)).toEqual([second.id, first.id]);
    expect(statSync(keysPath(stateDir)).mode & 0o777).toBe(0o600);
    const given = newKeyText();
    expect(addKey(stateDir, ` ${given}\n`).id).toBe(idOf(given));
    // Setting a key again makes it the first, and no second one of it.
    addKey(stateDir, first.secret.export().toString('base64'));
    expect(idsIn(stateDir)).toEqual([first.id, idOf(given), second.id]);
    expect(() => addKey(stateDir, `${given},${given}`)).toThrow('Exactly one');
    expect(() => addKey(stateDir, '')).toThrow('Exactly one');
  }));

it('keys of the environment come before those of the file', () =>
  inTemporaryFolder((stateDir) => {
    const [one, two] = [newKeyText(), newKeyText()];
    const { id } = addKey(stateDir);
    const env = { BGA_ENCRYPTION_KEY: `${one}, ${two}` };
    expect(idsIn(stateDir, env)).toEqual([idOf(one), idOf(two), id]);
    expect(findKeys(stateDir, env)).toBe('environment');
    expect(findKeys(stateDir, { BGA_ENCRYPTION_KEY: ' ' })).toBe('file');
    expect(findKeys(`${stateDir}/none`, {})).toBeUndefined();
  }));

it('refuses a file that others may read, with the command that mends it', () =>
  inTemporaryFolder((stateDir) => {
    addKey(stateDir);
    chmodSync(keysPath(stateDir), 0o644);
    expect(() => openKeyring(stateDir, {})).toThrow(`Run: chmod 600 ${keysPath(stateDir)}`);
  }));

it('has no keys where the folder is a file, which is for others to complain of', () =>
  inTemporaryFolder((folder) => {
    writeFileSync(`${folder}/file`, '');
    expect(openKeyring(`${folder}/file`, {}).keys()).toEqual([]);
  }));

describe('a keyring', () => {
  it('takes a new key up while it is in use', () =>
    inTemporaryFolder((stateDir) => {
      let nowMs = 0;
      const ring = openKeyring(stateDir, {}, () => nowMs);
      expect(ring.keys()).toEqual([]);
      const first = addKey(stateDir);
      // Looked for: found at once. Otherwise within the second.
      expect(ring.find(first.id)?.id).toBe(first.id);
      const second = addKey(stateDir);
      expect(ring.keys()[0]?.id).toBe(first.id);
      nowMs += 1_000;
      expect(ring.keys()[0]?.id).toBe(second.id);
      expect(ring.find('unknown')).toBeUndefined();
    }));

  const breakFile = (path: string) => {
    chmodSync(path, 0o644);
    utimesSync(path, 1, 1);
  };
  it.each([
    ['cannot be read any more', breakFile],
    ['is gone', rmSync],
  ])('goes on to encrypt with its keys when the file %s', (_, harm) =>
    inTemporaryFolder((stateDir) => {
      let nowMs = 0;
      const { id } = addKey(stateDir);
      const ring = openKeyring(stateDir, {}, () => nowMs);
      harm(keysPath(stateDir));
      nowMs += 1_000;
      expect(ring.keys().map((key) => key.id)).toEqual([id]);
    }),
  );
});

it('a key is strange to the worker that can get it from nowhere', () => {
  const [mine] = parseKeys(newKeyText(), 'environment', 'test');
  const [shared] = parseKeys(newKeyText(), 'file', 'test');
  if (!mine || !shared) throw new Error('no keys');
  expect(strangeKey([mine, shared], [shared.id])).toBe(mine);
  expect(strangeKey([mine], [mine.id])).toBeUndefined();
  expect(strangeKey([shared, mine], [])).toBeUndefined();
  expect(strangeKey([], [mine.id])).toBeUndefined();
});
