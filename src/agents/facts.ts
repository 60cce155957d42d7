import { TIERS, type Tier } from '../../workflows/contract';

export function tierOf(name: string | undefined): Tier {
  return TIERS.find((tier) => tier === name) ?? 'sonnet';
}
