/** What a namespace lacks of what agents need of it. Pure. */

export const SEARCH_ATTRIBUTE_TYPES = [
  'Text',
  'Keyword',
  'Int',
  'Double',
  'Bool',
  'Datetime',
  'KeywordList',
] as const;
export type SearchAttributeType = (typeof SEARCH_ATTRIBUTE_TYPES)[number];

export interface NamespaceSpec {
  namespace: string;
  /** How long what has ended is kept. */
  retentionDays: number;
  searchAttributes: Record<string, SearchAttributeType>;
}

/** The part of a server that a spec speaks of. A type that has no name here is one that no spec can want. */
export interface FoundNamespace {
  retentionS: number;
  searchAttributes: Record<string, SearchAttributeType | 'unknown'>;
}

export type SetupStep =
  | { kind: 'register_namespace'; retention_days: number }
  | { kind: 'raise_retention'; retention_days: number }
  | { kind: 'add_search_attributes'; search_attributes: Record<string, SearchAttributeType> };

interface WrongType {
  name: string;
  found: string;
  wanted: SearchAttributeType;
}

export interface Plan {
  steps: SetupStep[];
  /** The type of an attribute cannot be changed: somebody else uses its name. */
  wrong: WrongType[];
}

const DAY_S = 86_400;

/** Unless somebody says otherwise. */
export const RETENTION_DAYS = 30;

/** Never lowers or removes anything: retention that somebody raised, and what others have registered, is left as it is. */
export function planSetup(found: FoundNamespace | undefined, spec: NamespaceSpec): Plan {
  const { retentionDays, searchAttributes } = spec;
  const wanted = Object.entries(searchAttributes);
  const there = found?.searchAttributes ?? {};
  const missing = wanted.filter(([name]) => !(name in there));
  const steps: SetupStep[] = [];
  if (!found) steps.push({ kind: 'register_namespace', retention_days: retentionDays });
  else if (found.retentionS < retentionDays * DAY_S)
    steps.push({ kind: 'raise_retention', retention_days: retentionDays });
  if (missing.length > 0)
    steps.push({ kind: 'add_search_attributes', search_attributes: Object.fromEntries(missing) });
  const wrong = wanted.flatMap(([name, type]) => {
    const is = there[name];
    return is === undefined || is === type ? [] : [{ name, found: is, wanted: type }];
  });
  return { steps, wrong };
}

export function describeStep(step: SetupStep, { namespace }: Pick<NamespaceSpec, 'namespace'>): string {
  switch (step.kind) {
    case 'register_namespace':
      return `register namespace ${namespace}, which keeps what has ended for ${step.retention_days} days`;
    case 'raise_retention':
      return `keep what has ended for ${step.retention_days} days`;
    case 'add_search_attributes':
      return `add search attributes: ${Object.entries(step.search_attributes)
        .map(([name, type]) => `${name} (${type})`)
        .join(', ')}`;
  }
}
