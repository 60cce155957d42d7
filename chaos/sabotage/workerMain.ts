/** The product's own worker, started as the supervisor starts it, but with a model that doubles the replies of retried turns. */
import { openKeyring } from '../../src/codec';
import { loadConfig } from '../../src/config';
import { startWorker } from '../../src/worker';
import { workerSettings } from '../../src/workerProcess';
import { doublingModel } from './doublingModel';

async function main(): Promise<void> {
  const config = loadConfig({ env: process.env, flags: { local: false } });
  const settings = workerSettings(config, process.env, openKeyring(config.stateDir, process.env));
  const { models } = settings.activities;
  const anthropic = doublingModel(models.anthropic, config.stateDir);
  const worker = await startWorker({
    ...settings,
    activities: { ...settings.activities, models: { ...models, anthropic } },
  });
  process.on('disconnect', () => void worker.stop());
  process.on('SIGTERM', () => void worker.stop());
  process.send?.({ type: 'ready', provider: config.provider, pid: process.pid });
  await worker.done;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
