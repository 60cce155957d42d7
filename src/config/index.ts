export { type Config, isLocal } from './config';
export {
  apiKeyPath,
  findApiKey,
  readApiKey,
  removeApiKey,
  writeApiKey,
} from './credentials';
export { describeConfig } from './describe';
export type { Env } from './environment';
export { ConfigError } from './error';
export { loadConfig } from './load';
export { didYouMean } from './nearest';
export type { Layer as ConfigFlags } from './schema';
export { readTemporalConnection } from './temporal';
