import type { CliCommand } from '../command';

export const upCommand: CliCommand = {
  name: 'up',
  summary: 'start the local service (server, Web UI, worker), or see that it runs',
  async run(cli) {
    const { isLocal } = await import('../../config');
    const { ensureService } = await import('../../local');
    const { localOptions } = await import('../../localOptions');
    const config = cli.config();
    if (!isLocal(config)) {
      const { UserError } = await import('../../agents/errors');
      throw new UserError(
        'invalid',
        `Temporal at ${config.temporal.address} is configured, so there is no local service to start. Start workers with: bga worker`,
      );
    }
    const state = await ensureService(localOptions(config, cli.env), ({ text, elapsedSeconds }) =>
      cli.progress.step(text, elapsedSeconds),
    );
    const rows = [
      `Temporal  ${state.address} (namespace ${state.namespace})`,
      `Web UI    ${state.uiUrl}/namespaces/${state.namespace}/workflows`,
      `Model     ${state.provider === 'offline' ? 'offline scout; set ANTHROPIC_API_KEY or run bga config set-key for Claude' : state.provider}`,
      `Logs      ${state.logs}`,
      ...state.notes.map((note) => `Note      ${note}`),
    ];
    cli.print(state, rows.join('\n'));
    return 0;
  },
};
