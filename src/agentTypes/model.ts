import { TIERS, type Tier } from '../../workflows/contract';
import { UserError } from '../agents/errors';
import type { Config } from '../config/config';
import { didYouMean } from '../config/nearest';

type ModelConfig = Pick<Config, 'models' | 'prices' | 'extraModels'>;

export interface ModelWish {
  /** The tier of the agent's type, or the type itself. */
  type: { tier: Tier };
  tier?: Tier | undefined;
  /** A tier's name or a model id. It wins over both. */
  model?: string | undefined;
}

export interface ResolvedModel {
  tier: Tier;
  /** As sent to the provider. */
  model: string;
}

/** The API's own ids, whatever their version: new ones come out more often than this is updated. */
const CLAUDE_ID = /^claude-[a-z0-9][a-z0-9.@:-]{0,99}$/;

/**
 * A full id stays on the tier of the type, whose queue and limits it uses, unless it is another tier's model.
 * @throws UserError with the list for a model that is neither a tier, nor Claude's, nor in the configuration.
 */
export function resolveModel(
  { type, tier = type.tier, model }: ModelWish,
  config: ModelConfig,
): ResolvedModel {
  if (model === undefined) return { tier, model: config.models[tier] };
  const named = TIERS.find((name) => name === model);
  if (named !== undefined) return { tier: named, model: config.models[named] };
  if (!isKnown(model, config)) throw unknownModel(model, config);
  if (config.models[tier] === model) return { tier, model };
  return { tier: TIERS.find((name) => config.models[name] === model) ?? tier, model };
}

/** Ids that may be asked for, beside the tiers and any of Claude's. */
function knownModels({ models, prices, extraModels }: ModelConfig): string[] {
  return [...new Set([...TIERS.map((tier) => models[tier]), ...Object.keys(prices), ...extraModels])];
}

function isKnown(model: string, config: ModelConfig): boolean {
  return CLAUDE_ID.test(model) || knownModels(config).includes(model);
}

function unknownModel(model: string, config: ModelConfig): UserError {
  const ids = knownModels(config);
  const shown = JSON.stringify(model.slice(0, 100));
  return new UserError(
    'invalid',
    `Unknown model ${shown}.${didYouMean(model, [...TIERS, ...ids])} Use a tier (${TIERS.join(', ')}), ` +
      `a known id (${ids.join(', ')}) or any claude-… id. Add others, such as a gateway's, to "extraModels" in the configuration.`,
  );
}
