/** Process entry of the supervisor: `supervisor-main.js <JSON of SupervisorConfig>`, detached, its output in a log file. */
import { log, settleLog } from './log';
import { Supervisor } from './supervisor';
import { supervisorConfig } from './supervisorConfig';

// Whatever is written from here on, the server's database and the logs included, is for this user alone.
process.umask(0o077);

const config = supervisorConfig.parse(JSON.parse(process.argv[2] ?? ''));
const supervisor = new Supervisor(config, process.env);

process.on('SIGTERM', () => supervisor.stop());
process.on('SIGINT', () => supervisor.stop());
// The terminal of whoever started it may close.
process.on('SIGHUP', () => undefined);
// Even then the children are stopped in order.
process.on('uncaughtException', (error) =>
  supervisor.fail(`The supervisor failed: ${error.stack ?? error.message}`),
);

async function run(): Promise<number> {
  if (config.log) await settleLog(config.log, process.env);
  return supervisor.run();
}

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
