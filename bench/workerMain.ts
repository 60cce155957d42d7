/** `node workerMain.js ours|minimal ADDRESS NAMESPACE BUNDLE AT_ONCE`: a worker in a process of its own, as in production. */
import { startMinimal, startOurs } from './workers';

async function main(): Promise<void> {
  const [side, address = '', namespace = '', bundle = '', atOnce = ''] = process.argv.slice(2);
  // It must not outlive the benchmark, however that ends.
  process.on('disconnect', () => process.exit(0));
  const target = { address, namespace };
  await (side === 'ours' ? startOurs(target, Number(atOnce)) : startMinimal(target, bundle, Number(atOnce)));
  process.send?.('ready');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
