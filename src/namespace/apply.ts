/** Looks at a namespace and registers what it lacks, by the server's own calls. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionLike, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import {
  type FoundNamespace,
  type NamespaceSpec,
  SEARCH_ATTRIBUTE_TYPES,
  type SearchAttributeType,
  type SetupStep,
} from './plan';

/** Numbers of `temporal.api.enums.v1.IndexedValueType`. */
const TYPE_NUMBERS = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
} satisfies Record<SearchAttributeType, number>;

const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const POLL_MS = 50;

type Services = Pick<ConnectionLike, 'workflowService' | 'operatorService'>;

/** Undefined when there is no such namespace. */
export async function lookAt(
  services: Services,
  namespace: string,
  signal: AbortSignal,
): Promise<FoundNamespace | undefined> {
  const described = await unless(NOT_FOUND, services.workflowService.describeNamespace({ namespace }));
  if (!described) return undefined;
  const { customAttributes } = await untilFound(signal, () =>
    services.operatorService.listSearchAttributes({ namespace }),
  );
  return {
    retentionS: Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0),
    searchAttributes: Object.fromEntries(
      Object.entries(customAttributes).map(([name, number]) => [name, typeOf(number)]),
    ),
  };
}

export async function apply(
  { workflowService, operatorService }: Services,
  { namespace }: Pick<NamespaceSpec, 'namespace'>,
  step: SetupStep,
  signal: AbortSignal,
): Promise<void> {
  switch (step.kind) {
    case 'register_namespace': {
      const workflowExecutionRetentionPeriod = msToTs(`${step.retention_days} days`);
      const registered = workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
      await unless(ALREADY_EXISTS, registered);
      return;
    }
    case 'raise_retention': {
      const workflowExecutionRetentionTtl = msToTs(`${step.retention_days} days`);
      await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } });
      return;
    }
    case 'add_search_attributes': {
      const types = Object.entries(step.search_attributes);
      const searchAttributes = Object.fromEntries(types.map(([name, type]) => [name, TYPE_NUMBERS[type]]));
      await untilFound(signal, () =>
        unless(ALREADY_EXISTS, operatorService.addSearchAttributes({ namespace, searchAttributes })).then(
          () => true,
        ),
      );
    }
  }
}

/** Resolves once a query over all the attributes works, which is what a spawn and a list need. */
export async function untilUsable(
  { workflowService }: Pick<Services, 'workflowService'>,
  { namespace, searchAttributes }: NamespaceSpec,
  signal: AbortSignal,
): Promise<void> {
  const query = Object.keys(searchAttributes)
    .map((name) => `${name} IS NULL`)
    .join(' AND ');
  for (;;) {
    try {
      await workflowService.countWorkflowExecutions({ namespace, query });
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(POLL_MS);
    }
  }
}

function typeOf(number: unknown): SearchAttributeType | 'unknown' {
  return SEARCH_ATTRIBUTE_TYPES.find((type) => TYPE_NUMBERS[type] === number) ?? 'unknown';
}

/** The server's services learn of a new namespace a little later than the one that registered it. */
async function untilFound<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (;;) {
    const result = signal.aborted ? await call() : await unless(NOT_FOUND, call());
    if (result !== undefined) return result;
    await sleep(POLL_MS);
  }
}

async function unless<T>(code: number, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === code) return undefined;
    throw error;
  }
}
