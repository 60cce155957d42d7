/** The namespace and its search attributes, registered so that doing it again changes nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import type { SearchAttributeType } from './options';

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
const DAY_S = 86_400;
const POLL_MS = 50;
const COUNT_TIMEOUT_MS = 10_000;
/** The server is on this machine; a proxy from the environment could not reach it. */
const NO_PROXY = { 'grpc.enable_http_proxy': 0 };

export interface NamespaceSpec {
  namespace: string;
  retentionDays: number;
  searchAttributes: Record<string, SearchAttributeType>;
}

/** Resolves once a query over all the attributes works, which is what a spawn and a list need. */
export async function prepareNamespace(
  address: string,
  spec: NamespaceSpec,
  signal: AbortSignal,
): Promise<void> {
  const connection = await connect(address, signal);
  try {
    await ensureNamespace(connection, spec);
    await ensureSearchAttributes(connection, spec, signal);
    await waitUntilUsable(connection, spec, signal);
  } finally {
    await connection.close();
  }
}

/** Agents and sessions that have not ended. */
export async function countOpenWorkflows(address: string, namespace: string): Promise<number> {
  const connection = await connect(address, AbortSignal.timeout(COUNT_TIMEOUT_MS));
  try {
    const { workflowService } = connection;
    const query = "ExecutionStatus = 'Running'";
    const { count } = await connection.withDeadline(Date.now() + COUNT_TIMEOUT_MS, () =>
      workflowService.countWorkflowExecutions({ namespace, query }),
    );
    return Number(count);
  } finally {
    await connection.close();
  }
}

/** A server that has just been started refuses connections for some hundred milliseconds. */
async function connect(address: string, signal: AbortSignal): Promise<Connection> {
  for (;;) {
    try {
      return await Connection.connect({ address, connectTimeout: '2s', channelArgs: NO_PROXY });
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(POLL_MS);
    }
  }
}

async function ensureNamespace({ workflowService }: Connection, spec: NamespaceSpec): Promise<void> {
  const { namespace, retentionDays } = spec;
  const retention = msToTs(`${retentionDays} days`);
  const known = await unless(NOT_FOUND, workflowService.describeNamespace({ namespace }));
  if (!known) {
    const registered = workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: retention,
    });
    await unless(ALREADY_EXISTS, registered);
    return;
  }
  // Retention that somebody raised is left as it is.
  const currentS = Number(known.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  if (currentS >= retentionDays * DAY_S) return;
  await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: retention } });
}

async function ensureSearchAttributes(
  { operatorService }: Connection,
  spec: NamespaceSpec,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = spec;
  const { customAttributes } = await untilFound(signal, () =>
    operatorService.listSearchAttributes({ namespace }),
  );
  const missing = Object.entries(spec.searchAttributes).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, TYPE_NUMBERS[type]]));
  await unless(ALREADY_EXISTS, operatorService.addSearchAttributes({ namespace, searchAttributes }));
}

async function waitUntilUsable(
  { workflowService }: Connection,
  spec: NamespaceSpec,
  signal: AbortSignal,
): Promise<void> {
  const query = Object.keys(spec.searchAttributes)
    .map((name) => `${name} IS NULL`)
    .join(' AND ');
  for (;;) {
    try {
      await workflowService.countWorkflowExecutions({ namespace: spec.namespace, query });
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(POLL_MS);
    }
  }
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
