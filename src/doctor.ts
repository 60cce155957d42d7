/** What `bga doctor` checks beyond the local service's own parts. */
import type { Config, Env } from './config';
import { isLocal } from './config';
import { type Check, inspectService, type LocalFacts } from './local';
import { localOptions } from './localOptions';
import { targetOf } from './target';
import { connectTemporal } from './temporal';

export interface DoctorReport {
  ok: boolean;
  checks: Check[];
  local: LocalFacts;
}

export async function examine(config: Config, env: Env): Promise<DoctorReport> {
  const { local, checks } = await inspectService(localOptions(config, env));
  const own = isLocal(config) ? checks : [await checkCluster(config, env)];
  const all = [checkNode(), ...own, checkModel(config)];
  return { ok: all.every(({ ok }) => ok), checks: all, local };
}

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { name: 'node', ok, detail: process.version, fix: ok ? '' : 'Install Node 20.19 or later.' };
}

async function checkCluster(config: Config, env: Env): Promise<Check> {
  const name = 'temporal';
  const target = targetOf(config, env);
  try {
    const temporal = await connectTemporal(target);
    await temporal.call(() =>
      temporal.client.workflowService.describeNamespace({ namespace: target.namespace }),
    );
    await temporal.close();
    return { name, ok: true, detail: `${target.address}, namespace ${target.namespace}`, fix: '' };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name, ok: false, detail, fix: 'Check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.' };
  }
}

function checkModel({ provider, apiKeySource, anthropicBaseUrl }: Config): Check {
  const name = 'model';
  if (provider === 'offline') {
    return {
      name,
      ok: true,
      detail:
        'offline scout: no language model. For Claude, set ANTHROPIC_API_KEY or run: bga config set-key',
      fix: '',
    };
  }
  const ok = apiKeySource !== undefined || anthropicBaseUrl !== undefined;
  const where = anthropicBaseUrl ? ` at ${new URL(anthropicBaseUrl).host}` : '';
  return {
    name,
    ok,
    detail: `anthropic${where}, key ${apiKeySource ? `from ${apiKeySource}` : 'not set'}`,
    fix: ok ? '' : 'Set ANTHROPIC_API_KEY, or run: bga config set-key',
  };
}
