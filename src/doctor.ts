/** `bga doctor`: looks at every part, changes nothing, and throws nothing. */
import { withoutKeys } from '../activities/redact';
import { checkCluster } from './cli/doctor/cluster';
import { checkConfiguration } from './cli/doctor/configuration';
import { checkEncryption, checkWorkersKeys } from './cli/doctor/encryption';
import { checkNode, checkWorkspace } from './cli/doctor/machine';
import { checkModel } from './cli/doctor/model';
import { withTemporal } from './cli/doctor/namespace';
import { checkRoots, checkRunning } from './cli/doctor/running';
import { checkSessions } from './cli/doctor/sessions';
import { type Config, type Env, isLocal } from './config';
import { type Check, cacheDirOf, inspectService, type LocalFacts, stateDirOf } from './local';
import { localOptions } from './localOptions';
import { secretsOfEnvironment } from './log/environment';

export interface DoctorReport {
  ok: boolean;
  checks: Check[];
  local: LocalFacts;
}

export async function examine(where: { env: Env; workspace: string }): Promise<DoctorReport> {
  const { env, workspace } = where;
  const { config, checks: configuration } = checkConfiguration(where);
  const { local, checks: parts } = await examineParts(config, env, workspace);
  const checks = [
    checkNode(),
    ...configuration,
    ...parts,
    ...(config ? await checkModel(config, env) : []),
    checkEncryption(stateDirOf(env), env),
    checkWorkspace(workspace),
  ];
  const ok = checks.every((check) => check.ok);
  return { ok, checks: withoutKeys(checks, secretsOfEnvironment(env)), local };
}

/** The local service's parts, or those of the cluster that is used in its place. */
async function examineParts(
  config: Config | undefined,
  env: Env,
  workspace: string,
): Promise<{ local: LocalFacts; checks: Check[] }> {
  // What the local service needs from a configuration that cannot be read: where its things are.
  const options = config
    ? localOptions(config, env)
    : { stateDir: stateDirOf(env), cacheDir: cacheDirOf(env), env };
  const { local, checks, state } = await inspectService(options);
  if (config && !isLocal(config)) return { local, checks: await checkCluster(config, env, workspace) };
  const running = state !== undefined && local.server_pid !== null ? state : undefined;
  if (!running?.address) return { local, checks };
  const { address, namespace } = running;
  return {
    local,
    checks: [
      ...checks,
      ...(await withTemporal({ address, namespace, isLocal: true }, async (temporal) => [
        await checkSessions(temporal),
      ])),
      ...(config ? checkRunning(running, localOptions(config, env)) : []),
      ...(await checkRoots(running, workspace)),
      ...checkWorkersKeys(options.stateDir, env, running.encryptionKeys),
    ],
  };
}
