import { dataConverterOf, type Keyring } from './codec';
import { type Config, type Env, readTemporalConnection } from './config';
import type { TemporalTarget } from './temporal';

/** Where the configuration says that Temporal is; secrets and certificates are read only now. */
export function targetOf(config: Config, env: Env, keyring: Keyring): TemporalTarget {
  const { connectionOptions } = readTemporalConnection(config.temporal, config.namespace, env);
  return {
    address: config.temporal.address ?? connectionOptions.address ?? '',
    namespace: config.namespace,
    connection: connectionOptions,
    ...encodingOf(config, keyring),
  };
}

/** How what is written is encoded, wherever Temporal is. */
export function encodingOf(
  config: Config,
  keyring: Keyring,
): Pick<TemporalTarget, 'dataConverter' | 'encrypts'> {
  return { dataConverter: dataConverterOf(config, keyring), encrypts: () => keyring.keys().length > 0 };
}
