import type { CliCommand } from '../command';

export const doctorCommand: CliCommand = {
  name: 'doctor',
  summary: 'check every part, and say how to mend what is wrong',
  async run(cli) {
    const { examine } = await import('../../doctor');
    const report = await examine({ env: cli.env, workspace: cli.workspace });
    const rows = report.checks.map(
      ({ name, ok, detail, fix }) =>
        `${ok ? 'ok  ' : 'FAIL'}  ${name}: ${detail}${ok || fix === '' ? '' : `\n      ${fix}`}`,
    );
    cli.print(report, rows.join('\n'));
    return report.ok ? 0 : 1;
  },
};
