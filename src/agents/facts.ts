import { TIERS, type Tier } from '../../workflows/contract';

export function tierOf(name: string | undefined): Tier {
  return TIERS.find((tier) => tier === name) ?? 'sonnet';
}

export function isOpen({ status }: { status: { name: string } }): boolean {
  return status.name === 'RUNNING' || status.name === 'PAUSED';
}
