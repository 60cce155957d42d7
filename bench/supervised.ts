/** The worker of the benchmark as the real supervisor starts it: told by the environment where the server is. */
import { startOurs } from './workers';

const AT_ONCE = 250;

async function main(): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  const { TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace = '' } = process.env;
  await startOurs({ address, namespace }, AT_ONCE);
  process.send?.({ type: 'ready', provider: 'anthropic', encryptionKeys: [], pid: process.pid });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
