/** What a worker tells doctor of itself. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataConverterOf, NO_KEYS, openKeyring } from '../src/codec';
import { writeSample } from '../src/codec/sample';
import { loadConfig } from '../src/config';
import { factsTeller } from '../src/facts';
import { VERSION } from '../src/version';
import { cleanEnv } from './support/product';

const folder = mkdtempSync(join(tmpdir(), 'bga-facts-'));
const code = join(folder, 'code');
mkdirSync(code);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newKey = () => randomBytes(32).toString('base64');
const keyringOf = (key: string | undefined) =>
  key === undefined ? NO_KEYS : openKeyring(folder, { BGA_ENCRYPTION_KEY: key });

/** @param settings of the worker's environment */
async function ask(settings: Record<string, string>, path: string, callersKey?: string) {
  const env = cleanEnv(join(folder, 'home'), settings);
  const tell = factsTeller(loadConfig({ env }), env, keyringOf(settings.BGA_ENCRYPTION_KEY));
  const { payloadCodecs } = dataConverterOf({ compression: true }, keyringOf(callersKey));
  const sample = await writeSample(path, payloadCodecs);
  return tell({ queue: 'model-haiku', sample, probesModel: true });
}

it('tells its version, that it has nothing to call a model with, and whether a directory can be read', async () => {
  expect(await ask({}, code)).toEqual({
    version: VERSION,
    modelAccess: 'none',
    encryptionKeys: [],
    workspace: { kind: 'readable' },
  });
  expect((await ask({}, join(folder, 'missing'))).workspace).toEqual({
    kind: 'refused',
    why: expect.stringContaining('does not exist'),
  });
});

it('tells that a directory lies outside its roots, and not what these are', async () => {
  const facts = await ask({ BGA_WORKSPACE_ROOTS: join(folder, 'home') }, code);
  expect(facts.workspace).toEqual({ kind: 'outside_roots' });
});

it('tells what the model says to its key, and never the key', async () => {
  const facts = await ask(
    { ANTHROPIC_API_KEY: 'canary-of-a-worker', ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' },
    code,
  );
  expect(facts).toMatchObject({
    modelAccess: 'gateway',
    modelReach: { ok: false, detail: expect.stringContaining('127.0.0.1:1 cannot be reached') },
  });
  expect(JSON.stringify(facts)).not.toContain('canary-of-a-worker');
});

it('reads the name of a directory only with the key of whoever asks', async () => {
  const [mine, theirs] = [newKey(), newKey()];
  expect((await ask({ BGA_ENCRYPTION_KEY: mine }, code, theirs)).workspace).toBeUndefined();
  const both = await ask({ BGA_ENCRYPTION_KEY: `${mine},${theirs}` }, code, theirs);
  expect(both).toMatchObject({
    workspace: { kind: 'readable' },
    encryptionKeys: [expect.any(String), expect.any(String)],
  });
  expect(JSON.stringify(both)).not.toContain(mine);
});
