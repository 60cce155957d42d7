import { getExternalWorkflowHandle, type SignalDefinition } from '@temporalio/workflow';
import { isCancellation } from './faults';

/** Signals another workflow; false when there is none that runs under this id. */
export async function signalled<Args extends unknown[]>(
  workflowId: string,
  signal: SignalDefinition<Args>,
  ...args: Args
): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(signal, ...args);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
}
