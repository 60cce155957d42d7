import type { CliCommand } from '../command';

export const upCommand: CliCommand = {
  name: 'up',
  summary: 'start the local service (server, Web UI, worker), or see that it runs',
  async run(cli) {
    const { isLocal } = await import('../../config');
    const { ensureService, readyService } = await import('../../local');
    const { localOptions } = await import('../../localOptions');
    const config = cli.config();
    if (!isLocal(config)) {
      const { UserError } = await import('../../agents/errors');
      throw new UserError(
        'invalid',
        `Temporal at ${config.temporal.address} is configured, so there is no local service to start. Start workers with: bga worker`,
      );
    }
    const wasUp = readyService(config.stateDir) !== undefined;
    const state = await ensureService(localOptions(config, cli.env), ({ text, elapsedSeconds }) =>
      cli.progress.step(text, elapsedSeconds),
    );
    const rows = [
      `The local service ${wasUp ? 'runs already' : 'is up'}. Stop it with: bga down`,
      `Temporal  ${state.address} (namespace ${state.namespace})`,
      `Web UI    ${state.uiUrl}/namespaces/${state.namespace}/workflows`,
      `Model     ${modelOf(state.provider, config.provider)}`,
      `Logs      ${state.logs}`,
      ...state.notes.map((note) => `Note      ${note}`),
    ];
    cli.print(state, rows.join('\n'));
    return 0;
  },
};

function modelOf(workers: string | undefined, callers: string): string {
  if (workers !== 'offline') return workers ?? callers;
  return callers === 'offline'
    ? 'offline scout; for Claude set ANTHROPIC_API_KEY or run bga config set-key, then bga down && bga up'
    : 'offline scout: the worker was started without the API key that you have now. Run: bga down && bga up';
}
