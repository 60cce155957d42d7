import type { CliCommand } from '../command';

export const downCommand: CliCommand = {
  name: 'down',
  summary: 'stop the local service; agents go on where they were at the next start',
  async run(cli) {
    const { stopService } = await import('../../local');
    cli.progress.step('stopping the local service');
    const report = await stopService(cli.config().stateDir);
    cli.print(report, report.text);
    return 0;
  },
};
