/** How many agents of the namespace have not ended. Every worker says the same, so that it does not matter which of them is up. */
import { Gauge, type Registry } from 'prom-client';
import type { OpenCounts } from '../agents/visibility';

/** Of several that scrape, only the first asks the server. */
const FRESH_MS = 5_000;

export function exposeOpenAgents(registry: Registry, countOpen: () => Promise<OpenCounts>): void {
  let asked: { atMs: number; counts: Promise<OpenCounts> } | undefined;
  const counts = () => {
    const nowMs = Date.now();
    if (!asked || nowMs - asked.atMs >= FRESH_MS) asked = { atMs: nowMs, counts: countOpen() };
    return asked.counts;
  };
  new Gauge({
    name: 'bga_agents',
    help: 'Agents of the namespace that have not ended, by status. Every worker says the same: do not add them up.',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      // What was true before may not be any more: while the server does not answer, there is no value.
      this.reset();
      const open = await counts().catch(() => undefined);
      for (const [status, count] of Object.entries(open ?? {})) this.set({ status }, count);
    },
  });
}
