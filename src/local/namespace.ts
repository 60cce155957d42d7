/** The namespace and its search attributes, registered so that doing it again changes nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { apply, lookAt, untilUsable } from '../namespace/apply';
import { type NamespaceSpec, planSetup } from '../namespace/plan';

const POLL_MS = 50;
const COUNT_TIMEOUT_MS = 10_000;
/** The server is on this machine; a proxy from the environment could not reach it. */
const NO_PROXY = { 'grpc.enable_http_proxy': 0 };

export async function prepareNamespace(
  address: string,
  spec: NamespaceSpec,
  signal: AbortSignal,
): Promise<void> {
  const connection = await connect(address, signal);
  try {
    const found = await lookAt(connection, spec.namespace, signal);
    for (const step of planSetup(found, spec).steps) await apply(connection, spec, step, signal);
    await untilUsable(connection, spec, signal);
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
