import { existsSync } from 'node:fs';
import { type Config, ConfigError, type Env, loadConfig } from '../../config';
import type { Check } from '../../local';

/** Every problem of the configuration as a check of its own; without one, the configuration. */
export function checkConfiguration(where: { env: Env; workspace: string }): {
  config?: Config;
  checks: Check[];
} {
  const name = 'configuration';
  try {
    const config = loadConfig(where);
    const files = [config.userFile, config.workspaceFile].filter(
      (file) => file !== undefined && existsSync(file),
    );
    const detail = files.length > 0 ? files.join(', ') : `no file; yours would be ${config.userFile}`;
    return { config, checks: [{ name, ok: true, detail, fix: '' }] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const fix = 'Correct it; every other command refuses to start with it';
    return { checks: error.problems.map((detail) => ({ name, ok: false, detail, fix })) };
  }
}
