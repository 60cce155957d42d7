import type { CliCommand } from '../command';

export const workerCommand: CliCommand = {
  name: 'worker',
  summary: 'run a worker in the foreground, for a Temporal cluster',
  async run(cli) {
    const { loadConfig } = await import('../../config');
    const { startConfiguredWorker } = await import('../../workerProcess');
    // Without a workspace: a worker serves many, and none of their files may configure it.
    const config = loadConfig({ env: cli.env });
    const worker = await startConfiguredWorker(config, cli.env);
    // The supervisor has gone: its successor starts a worker of its own.
    process.on('disconnect', () => void worker.stop());
    process.send?.({ type: 'ready', provider: config.provider, pid: process.pid });
    cli.say(`Worker ${process.pid} polls namespace ${config.namespace} (${config.provider}).`);
    await worker.done;
    return 0;
  },
};
