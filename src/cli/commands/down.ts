import type { CliCommand } from '../command';

export const downCommand: CliCommand = {
  name: 'down',
  summary: 'stop the local service; agents go on where they were at the next start',
  async run(cli) {
    const { cacheDirOf, stateDirOf, stopService } = await import('../../local');
    cli.progress.step('stopping the local service');
    // Not from the configuration: a broken one must not keep anybody from stopping.
    const report = await stopService(stateDirOf(cli.env), cacheDirOf(cli.env));
    cli.print(report, report.text);
    return 0;
  },
};
