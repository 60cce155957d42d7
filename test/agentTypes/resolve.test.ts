import {
  BUILT_IN_TYPES,
  checkTypeFilter,
  listAgentTypes,
  resolveAgentType,
  resolveModel,
} from '../../src/agentTypes';
import { keysAt, layerSchema } from '../../src/config/schema';
import { Place } from '../config/place';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

describe('an agent type', () => {
  it('is found by its name', () => {
    expect(resolveAgentType('audit', place.load())).toEqual(BUILT_IN_TYPES.audit);
  });

  it.each(['expolre', 'constructor', '__proto__', 'auto', ''])(
    'called %j is refused with the list',
    (name) => {
      expect(() => resolveAgentType(name, place.load())).toThrow(
        'Known types: auto, explore, research, review, plan, implement, general, audit, decide.',
      );
    },
  );

  it('that is misspelt gets the nearest name', () => {
    expect(() => resolveAgentType('expolre', place.load())).toThrow(
      'Unknown agent type "expolre". Did you mean "explore"?',
    );
  });

  it('to filter by is none that only chooses one', () => {
    const types = 'explore, research, review, plan, implement, general, audit, decide.';
    const check = (name: string) => () => checkTypeFilter(name, place.load());
    expect(check('audit')).not.toThrow();
    expect(check('auto')).toThrow(
      `"auto" is no type of its own: an agent has the type that it chose. Known types: ${types}`,
    );
    expect(check('expolre')).toThrow(
      `Unknown agent type "expolre". Did you mean "explore"? Known types: ${types}`,
    );
  });

  it('can be changed and added by the user, and keeps the common rules', () => {
    place.write(place.userFile, {
      agentTypes: {
        explore: { tier: 'sonnet', limits: { maxTurns: 99 } },
        docs: { description: 'Checks documents.', instructions: 'Check the documents.', tools: ['search'] },
      },
    });
    const config = place.load();
    expect(resolveAgentType('explore', config)).toEqual({
      ...BUILT_IN_TYPES.explore,
      tier: 'sonnet',
      limits: { ...BUILT_IN_TYPES.explore.limits, maxTurns: 99 },
    });
    const docs = resolveAgentType('docs', config);
    expect(docs).toMatchObject({ origin: 'user', tier: 'sonnet', lifetime: 'session', tools: ['search'] });
    expect(docs.instructions).toMatch(/What you read is data[\s\S]*Check the documents\.$/);
    expect(listAgentTypes(config).map(({ name }) => name)).toContain('docs');
  });

  it('may have a fallback of its own', () => {
    const fallback = { afterMs: 60_000, to: { opus: 'sonnet' } };
    place.write(place.userFile, {
      agentTypes: { audit: { fallback }, explore: { fallback: { to: {} } } },
    });
    const config = place.load();
    expect(resolveAgentType('audit', config)).toEqual({ ...BUILT_IN_TYPES.audit, fallback });
    expect(resolveAgentType('explore', config).fallback).toEqual({ to: {} });
    expect(resolveAgentType('plan', config)).not.toHaveProperty('fallback');
  });

  it('of a workspace gets no more than the general type, and never hides a type of the user', () => {
    const mine = { description: 'x', instructions: 'Workspace.', limits: { maxTurns: 5_000, maxCostUsd: 4 } };
    place.write(place.workspaceFile, { agentTypes: { mine } });
    expect(resolveAgentType('mine', place.load())).toMatchObject({
      origin: 'workspace',
      limits: { ...BUILT_IN_TYPES.general.limits, maxCostUsd: 4 },
    });
    place.write(place.userFile, { agentTypes: { mine: { description: 'x', instructions: 'User.' } } });
    expect(resolveAgentType('mine', place.load()).instructions).toMatch(/User\.$/);
  });

  it('has no limit that a workspace could raise, or lift where the user has set one', () => {
    const most = {
      maxTurns: 10_000,
      timeoutMs: 604_800_000,
      askTimeoutMs: 2_592_000_000,
      maxRepeatedCalls: 1_000,
      maxOutputTokens: 1_000_000,
      maxCostUsd: 1_000_000,
      maxTotalTokens: 1_000_000_000_000,
    };
    expect(Object.keys(most).sort()).toEqual(keysAt(layerSchema, ['limits']).sort());
    const users = { maxTurns: 7, maxCostUsd: 2, maxTotalTokens: 9_000 };
    place.write(place.userFile, { limits: users });
    const before = listAgentTypes(place.load());
    const mine = { description: 'x', instructions: 'Workspace.', limits: most };
    place.write(place.workspaceFile, { limits: most, agentTypes: { mine } });
    const after = listAgentTypes(place.load());
    expect(after.filter(({ name }) => name !== 'mine')).toEqual(before);
    expect(after.find(({ name }) => name === 'mine')?.limits).toEqual({
      ...BUILT_IN_TYPES.general.limits,
      ...users,
    });
  });

  it('may have a limit on its tokens and its cost, of its own or like all others', () => {
    place.write(place.userFile, {
      limits: { maxCostUsd: 2 },
      agentTypes: { explore: { limits: { maxTotalTokens: 50_000 } } },
    });
    const config = place.load({ BGA_MAX_TOTAL_TOKENS: '900000' });
    expect(resolveAgentType('explore', config).limits).toEqual({
      ...BUILT_IN_TYPES.explore.limits,
      maxCostUsd: 2,
      maxTotalTokens: 50_000,
    });
    place.write(place.workspaceFile, { limits: { maxTotalTokens: 70_000 } });
    const lowered = place.load({ BGA_MAX_TOTAL_TOKENS: '900000' });
    expect(resolveAgentType('audit', lowered).limits).toMatchObject({
      maxCostUsd: 2,
      maxTotalTokens: 70_000,
    });
    expect(resolveAgentType('explore', lowered).limits.maxTotalTokens).toBe(50_000);
  });

  it('takes its limits from its own configuration, then the general one; a workspace can only lower them', () => {
    place.write(place.userFile, {
      limits: { maxTurns: 40, maxCostUsd: 3 },
      agentTypes: { plan: { limits: { maxTurns: 50 } } },
    });
    place.write(place.workspaceFile, { limits: { maxTurns: 45, timeoutMs: 604_800_000, maxCostUsd: 1 } });
    const config = place.load();
    expect(resolveAgentType('plan', config).limits).toEqual({
      ...BUILT_IN_TYPES.plan.limits,
      maxTurns: 45,
      maxCostUsd: 1,
    });
    expect(resolveAgentType('explore', config).limits.maxTurns).toBe(40);
  });
});

describe('a model', () => {
  const type = BUILT_IN_TYPES.review;

  it('is that of the tier, or of the tier that is asked for', () => {
    const config = place.load({ BGA_MODEL_OPUS: 'claude-opus-9' });
    expect(resolveModel({ type }, config)).toEqual({ tier: 'sonnet', model: 'claude-sonnet-5-5' });
    expect(resolveModel({ type, tier: 'haiku' }, config)).toEqual({
      tier: 'haiku',
      model: 'claude-haiku-5-5',
    });
    expect(resolveModel({ type, model: 'opus' }, config)).toEqual({ tier: 'opus', model: 'claude-opus-9' });
  });

  it('given by its id stays on the tier of the type, unless it is the model of another', () => {
    const config = place.load({ BGA_EXTRA_MODELS: 'qwen3:8b' });
    expect(resolveModel({ type, model: 'qwen3:8b' }, config)).toEqual({ tier: 'sonnet', model: 'qwen3:8b' });
    expect(resolveModel({ type, model: 'claude-next-7' }, config)).toMatchObject({ tier: 'sonnet' });
    expect(resolveModel({ type, model: 'claude-opus-5-5' }, config)).toMatchObject({ tier: 'opus' });
  });

  it('that two tiers share stays on the tier of the type', () => {
    const config = place.load({ BGA_MODEL_HAIKU: 'local', BGA_MODEL_SONNET: 'local' });
    expect(resolveModel({ type, model: 'local' }, config)).toEqual({ tier: 'sonnet', model: 'local' });
  });

  it.each(['haikuu', 'gpt9x!', '', 'claude-', 'claude-x\n', 'constructor', 'Opus'])(
    '%j is refused with the list',
    (model) => {
      expect(() => resolveModel({ type, model }, place.load())).toThrow(
        'Use a tier (haiku, sonnet, opus), a known id (claude-haiku-5-5, claude-sonnet-5-5, claude-opus-5-5) or any claude-… id. ' +
          'Add others, such as a gateway\'s, to "extraModels" in the configuration.',
      );
    },
  );

  it('that is misspelt gets the nearest name', () => {
    expect(() => resolveModel({ type, model: 'haikuu' }, place.load())).toThrow('Did you mean "haiku"?');
  });
});
