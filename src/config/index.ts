export { type Config, isLocal, type TemporalSettings } from './config';
export {
  apiKeyPath,
  findApiKey,
  type KeySource,
  readApiKey,
  removeApiKey,
  writeApiKey,
} from './credentials';
export { type DescribedSetting, describeConfig } from './describe';
export type { Env } from './environment';
export { ConfigError } from './error';
export { type LoadOptions, loadConfig } from './load';
export { didYouMean, nearest } from './nearest';
export type { Layer as ConfigFlags } from './schema';
export { readTemporalConnection } from './temporal';
