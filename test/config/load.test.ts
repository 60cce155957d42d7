import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeConfig, isLocal } from '../../src/config';
import { Place } from './place';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

it('has a default for everything and needs no file', () => {
  const config = place.load();
  expect(config).toMatchObject({
    provider: 'offline',
    models: { haiku: 'claude-haiku-5-5', sonnet: 'claude-sonnet-5-5', opus: 'claude-opus-5-5' },
    toolPrefix: '',
    modelIdleTimeoutMs: 90_000,
    modelTotalTimeoutMs: 900_000,
    concurrency: { haiku: 20, sonnet: 10, opus: 5, workspace: 20 },
    namespace: 'background-agents',
    temporal: {},
    noDownload: false,
    stateDir: place.stateDir,
  });
  expect(config.workspaceRoots).toBeUndefined();
  expect(config.prices['claude-opus-5-5']).toEqual({
    inputUsdPerMTok: 5,
    outputUsdPerMTok: 25,
    cacheReadUsdPerMTok: 0.5,
    cacheWriteUsdPerMTok: 6.25,
  });
  expect(isLocal(config)).toBe(true);
});

it('lets flags win over the environment, that over the workspace, that over the user, that over defaults', () => {
  place.write(place.userFile, { toolPrefix: 'user_' });
  expect(place.load().toolPrefix).toBe('user_');
  place.write(place.workspaceFile, { toolPrefix: 'workspace_' });
  expect(place.load().toolPrefix).toBe('workspace_');
  expect(place.load({ BGA_TOOL_PREFIX: 'env_' }).toolPrefix).toBe('env_');
  expect(place.load({ BGA_TOOL_PREFIX: 'env_' }, { toolPrefix: 'flag_' }).toolPrefix).toBe('flag_');
  expect(place.load({ BGA_TOOL_PREFIX: '' }).toolPrefix).toBe('workspace_');
});

it('remembers where each value came from', () => {
  place.write(place.userFile, { models: { opus: 'claude-opus-6' }, limits: { maxTurns: 9 } });
  place.write(place.workspaceFile, { toolPrefix: 'go_ent_' });
  const config = place.load({ BGA_MODEL_HAIKU: 'qwen3:8b', BGA_HOME: place.root }, { provider: 'offline' });
  const sources = new Map(describeConfig(config).map(({ key, value, source }) => [key, [value, source]]));
  expect(sources.get('models.haiku')).toEqual(['qwen3:8b', 'environment BGA_MODEL_HAIKU']);
  expect(sources.get('models.opus')).toEqual(['claude-opus-6', `file ${place.userFile}`]);
  expect(sources.get('models.sonnet')).toEqual(['claude-sonnet-5-5', 'default']);
  expect(sources.get('toolPrefix')).toEqual(['go_ent_', `file ${place.workspaceFile}`]);
  expect(sources.get('provider')).toEqual(['offline', 'flag --provider']);
  expect(sources.get('limits.maxTurns')).toEqual([9, `file ${place.userFile}`]);
  expect(sources.get('stateDir')).toEqual([place.root, 'environment BGA_HOME']);
});

it('looks for the user file under XDG_CONFIG_HOME when that is absolute', () => {
  const xdg = join(place.root, 'xdg');
  place.write(join(xdg, 'background-agents', 'config.json'), { toolPrefix: 'xdg_' });
  expect(place.load({ XDG_CONFIG_HOME: xdg }).toolPrefix).toBe('xdg_');
  expect(place.load({ XDG_CONFIG_HOME: 'relative' }).toolPrefix).toBe('');
});

it('reads lists and numbers from the environment', () => {
  const config = place.load({
    BGA_WORKSPACE_ROOTS: '/a:/b/c:',
    BGA_EXTRA_MODELS: 'qwen3:8b, llama/70b',
    BGA_MAX_TURNS: '7',
    BGA_MAX_COST_USD: '0.5',
    BGA_NO_DOWNLOAD: '1',
    BGA_INTERNAL_WHATEVER: 'of no concern',
  });
  expect(config.workspaceRoots).toEqual(['/a', '/b/c']);
  expect(config.extraModels).toEqual(['qwen3:8b', 'llama/70b']);
  expect(config.limits).toEqual({ maxTurns: 7, maxCostUsd: 0.5 });
  expect(config.noDownload).toBe(true);
});

it('has no fallback until a tier is given one, and refuses what names no tier', () => {
  expect(place.load().fallback).toEqual({ afterMs: 600_000, to: {} });
  expect(place.load({ BGA_FALLBACK_TO: 'opus=sonnet, sonnet=haiku' }).fallback.to).toEqual({
    opus: 'sonnet',
    sonnet: 'haiku',
  });
  for (const wrong of ['opus', 'opus=gpt'])
    expect(place.problems({ BGA_FALLBACK_TO: wrong }).join()).toContain('BGA_FALLBACK_TO: expected one of');
  expect(place.problems({ BGA_FALLBACK_TO: 'claude=haiku' }).join()).toContain('unknown key');
});

it('merges prices over the defaults, and derives what the cache costs', () => {
  place.write(place.userFile, {
    prices: {
      'qwen3:8b': { input: 2, output: 4 },
      'claude-haiku-5-5': { input: 9, output: 9, cacheRead: 1 },
    },
  });
  const { prices } = place.load();
  expect(prices['qwen3:8b']).toEqual({
    inputUsdPerMTok: 2,
    outputUsdPerMTok: 4,
    cacheReadUsdPerMTok: 0.2,
    cacheWriteUsdPerMTok: 2.5,
  });
  expect(prices['claude-haiku-5-5']).toMatchObject({ inputUsdPerMTok: 9, cacheReadUsdPerMTok: 1 });
  expect(prices['claude-sonnet-5-5']).toMatchObject({ inputUsdPerMTok: 3 });
});

it('uses Claude as soon as a key or a base URL is there, unless told otherwise', () => {
  expect(place.load({ ANTHROPIC_API_KEY: 'sk-x' }).provider).toBe('anthropic');
  expect(place.load({ ANTHROPIC_API_KEY: '  ' }).provider).toBe('offline');
  expect(place.load({ ANTHROPIC_BASE_URL: 'http://127.0.0.1:4000' }).provider).toBe('anthropic');
  expect(place.load({ ANTHROPIC_API_KEY: 'sk-x', BGA_MODEL_PROVIDER: 'offline' }).provider).toBe('offline');
  place.write(join(place.stateDir, 'anthropic-key'), 'sk-file');
  expect(place.load()).toMatchObject({ provider: 'anthropic', apiKeySource: 'file' });
});

it('shows that a key is set and no part of it, nor of a password in an address', () => {
  const config = place.load({
    ANTHROPIC_API_KEY: 'sk-ant-CANARY',
    ANTHROPIC_BASE_URL: 'https://bob:CANARY@gateway.test/v1?token=CANARY',
    TEMPORAL_ADDRESS: 'cluster.test:7233',
    TEMPORAL_API_KEY: 'CANARY',
  });
  const shown = describeConfig(config);
  expect(shown).toContainEqual({ key: 'apiKey', value: 'set (from environment)', source: 'environment' });
  expect(shown).toContainEqual(expect.objectContaining({ key: 'temporal.apiKey', value: 'set' }));
  expect(shown).toContainEqual(
    expect.objectContaining({ key: 'anthropicBaseUrl', value: 'https://***@gateway.test/v1?***' }),
  );
  expect(JSON.stringify(shown)).not.toContain('CANARY');
});

it('treats a missing directory as no file', () => {
  mkdirSync(join(place.home, '.config'));
  expect(place.problems({ XDG_CONFIG_HOME: '/dev/null' })).toEqual([]);
});

it('takes the limits of a session from the user, and lets a workspace only lower them', () => {
  expect(place.load().sessionLimits).toEqual({});
  place.write(place.userFile, { sessionLimits: { maxRunningAgents: 5 } });
  place.write(place.workspaceFile, { sessionLimits: { maxRunningAgents: 9, maxSpawnsPerMinute: 30 } });
  expect(place.load().sessionLimits).toEqual({ maxRunningAgents: 5, maxSpawnsPerMinute: 30 });
  const config = place.load({ BGA_MAX_RUNNING_AGENTS: '20', BGA_MAX_SPAWNS_PER_MINUTE: '10' });
  expect(config.sessionLimits).toEqual({ maxRunningAgents: 9, maxSpawnsPerMinute: 10 });
  const sources = new Map(describeConfig(config).map(({ key, value, source }) => [key, [value, source]]));
  expect(sources.get('sessionLimits.maxRunningAgents')).toEqual([9, `file ${place.workspaceFile}`]);
  expect(sources.get('sessionLimits.maxSpawnsPerMinute')).toEqual([
    10,
    'environment BGA_MAX_SPAWNS_PER_MINUTE',
  ]);
});
