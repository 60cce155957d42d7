import { fallbackFrom } from '../../src/agentTypes';

const models = { haiku: 'h', sonnet: 's', opus: 'o' };
const contextTokens = { h: 1_000 };

it('leads from tier to tier', () => {
  const fallback = { afterMs: 5, to: { opus: 'sonnet', sonnet: 'haiku' } as const };
  expect(fallbackFrom('opus', { fallback, models, contextTokens })).toEqual({
    afterMs: 5,
    models: [
      { tier: 'sonnet', model: 's' },
      { tier: 'haiku', model: 'h', contextTokens: 1_000 },
    ],
  });
  expect(fallbackFrom('haiku', { fallback, models, contextTokens })).toBeUndefined();
});

it('is off unless a tier is named', () => {
  expect(fallbackFrom('opus', { fallback: { afterMs: 5, to: {} }, models, contextTokens })).toBeUndefined();
});

it('is that of the type where the type has one, and the general one in what it leaves out', () => {
  const fallback = { afterMs: 5, to: { opus: 'sonnet', sonnet: 'haiku' } as const };
  const config = { fallback, models, contextTokens: {} };
  const [sonnet, haiku] = [
    { tier: 'sonnet', model: 's' },
    { tier: 'haiku', model: 'h' },
  ];
  expect(fallbackFrom('opus', config, { afterMs: 9 })).toEqual({ afterMs: 9, models: [sonnet, haiku] });
  expect(fallbackFrom('opus', config, { to: { opus: 'sonnet' } })).toEqual({ afterMs: 5, models: [sonnet] });
  expect(fallbackFrom('opus', config, { to: {} })).toBeUndefined();
  expect(
    fallbackFrom('opus', { ...config, fallback: { afterMs: 5, to: {} } }, { to: { opus: 'haiku' } }),
  ).toEqual({ afterMs: 5, models: [haiku] });
});

it('does not swing between two tiers that name each other', () => {
  const fallback = { afterMs: 5, to: { opus: 'sonnet', sonnet: 'opus' } as const };
  expect(fallbackFrom('opus', { fallback, models, contextTokens })?.models).toEqual([
    { tier: 'sonnet', model: 's' },
  ]);
  expect(
    fallbackFrom('sonnet', { fallback: { afterMs: 5, to: { sonnet: 'sonnet' } }, models, contextTokens }),
  ).toBeUndefined();
});
