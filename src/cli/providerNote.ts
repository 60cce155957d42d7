/** Who answers agents that are spawned on a cluster follows from the configuration of whoever spawns them, not of the workers. */
// Not from the index: the list of commands loads this, and bga --help needs no schema.
import { type Config, isLocal } from '../config/config';
import type { Cli } from './cli';

/** Told where nobody has chosen: a client without a key is easily taken for one that needs none. */
export function tellUnchosenProvider(cli: Cli): void {
  const note = unchosenProvider(cli.config());
  if (note !== undefined) cli.say(note);
}

function unchosenProvider(config: Config): string | undefined {
  if (isLocal(config) || config.provider !== 'offline' || config.sources.has('provider')) return undefined;
  return (
    'No API key is set here, so the offline scout answers, whatever the workers of the cluster have. ' +
    `If they have a key: BGA_MODEL_PROVIDER=anthropic, or "provider" in ${config.userFile} ("offline" there to read this no more).`
  );
}
