import type { Arena } from '../run/striking';

/** Terminates an agent in Temporal while its model answers: no way of ending one that the product knows. */
export async function terminateOne({ product, watch, idsInFlight }: Arena, turns: number): Promise<void> {
  if (!(await watch.until(() => watch.turnsSeen > turns / 4 && idsInFlight().length > 0))) return;
  const [id] = idsInFlight();
  if (id !== undefined) await product.agents.temporal.client.workflow.getHandle(id).terminate('sabotage');
}
