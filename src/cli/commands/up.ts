import type { Provider } from '../../../workflows/contract';
import type { LocalOptions, ServiceState } from '../../local';
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
    const before = readyService(config.stateDir);
    const options: LocalOptions = { ...localOptions(config, cli.env), replace: 'always' };
    const state = await ensureService(options, ({ text, elapsedSeconds }) =>
      cli.progress.step(text, elapsedSeconds),
    );
    const rows = [
      `The local service ${whatBecame(before, state)}. Stop it with: bga down`,
      `Temporal  ${state.address} (namespace ${state.namespace})`,
      `Web UI    ${state.uiUrl}/namespaces/${state.namespace}/workflows`,
      `Model     ${modelText(state.provider, config.provider)}`,
      `Logs      ${state.logs}`,
      ...[...state.remarks, ...state.notes].map((note) => `Note      ${note}`),
    ];
    cli.print(withoutFingerprint(state), rows.join('\n'));
    return 0;
  },
};

function modelText(now: string | undefined, here: Provider): string {
  if (now === undefined || now === 'offline') return OFFLINE;
  return here === 'offline' ? `${now}${ELSEWHERE}` : now;
}

/** A command with less takes nothing away. */
const ELSEWHERE =
  ', with a key or base URL that this shell has not; for the offline scout start it anew: bga down, then bga up';

const OFFLINE =
  'offline scout; for Claude set ANTHROPIC_API_KEY or run bga config set-key: the next command restarts the worker with it';

function whatBecame(before: ServiceState | undefined, now: ServiceState): string {
  if (!before) return 'is up';
  return before.supervisor.pid === now.supervisor.pid ? 'runs already' : 'was restarted';
}

/** It is for comparing, here; what is printed ends up in logs of others. */
function withoutFingerprint(state: ServiceState): ServiceState {
  return state.access ? { ...state, access: { ...state.access, fingerprint: undefined } } : state;
}
