/** What `bga doctor` shows of the local service. It looks, and changes nothing. */
import fs from 'node:fs';
import { findBinary } from './binary';
import { diskFullText, freeBytesAt, isFull } from './disk';
import { troubleText } from './endings';
import { lockHolder } from './lock';
import type { BinaryOptions } from './options';
import { pastOf } from './past';
import { type LocalPaths, localPaths } from './paths';
import { answers } from './ports';
import type { Attempt } from './probe';
import { isAlive, type ProcessRef } from './process';
import { readState, type ServiceState } from './state';
import { databaseVersion, refuseNewerDatabase } from './version';

export interface Check {
  name: string;
  ok: boolean;
  detail: string;
  /** What to do; empty when all is well. */
  fix: string;
}

export interface LocalFacts {
  supervisor_pid: number | null;
  server_pid: number | null;
  worker_pids: number[];
  address: string | null;
  ui_url: string | null;
  database: string;
  logs: string;
}

export interface Inspection {
  local: LocalFacts;
  checks: Check[];
  state: ServiceState | undefined;
}

const START = 'Run: bga up';
const RESTART = 'Run: bga down, then: bga up';

export async function inspectService(options: BinaryOptions & { stateDir: string }): Promise<Inspection> {
  const paths = localPaths(options.stateDir);
  const state = readState(paths);
  const checks = [
    await checkBinary(options, paths),
    checkDatabase(paths),
    checkDisk(paths, state),
    checkSupervisor(paths, state),
    checkProcess('server', state?.server),
    checkProcess('worker', state?.workers[0]),
    await checkPort('address', state?.address),
    await checkPort('web ui', state?.uiUrl),
    ...(state ? [good('history', pastOf(state))] : []),
  ];
  return { local: factsOf(paths, state), checks, state };
}

function factsOf(paths: LocalPaths, state: ServiceState | undefined): LocalFacts {
  const living = (ref: ProcessRef | undefined) => (ref && isAlive(ref) ? ref.pid : null);
  return {
    supervisor_pid: living(lockHolder(paths.lockDir)),
    server_pid: living(state?.server),
    worker_pids: (state?.workers ?? []).filter(isAlive).map(({ pid }) => pid),
    address: state?.address ?? null,
    ui_url: state?.uiUrl ?? null,
    database: paths.database,
    logs: paths.logsDir,
  };
}

async function checkBinary(options: BinaryOptions, paths: LocalPaths): Promise<Check> {
  const name = 'temporal binary';
  const attempts: Attempt[] = [];
  try {
    const binary = await findBinary(options, attempts);
    if (!binary) {
      const detail = `none yet (${attempts.map(({ why }) => why).join('; ')})`;
      return { name, ok: false, detail, fix: `${START} (it fetches one)` };
    }
    const refusal = refuseNewerDatabase(paths, binary);
    const detail = `server ${binary.version} from ${binary.source}: ${binary.path}`;
    return refusal === undefined ? good(name, detail) : { name, ok: false, detail, fix: refusal };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name, ok: false, detail, fix: 'Correct BGA_TEMPORAL_BINARY, or unset it' };
  }
}

function checkDatabase(paths: LocalPaths): Check {
  const name = 'database';
  if (!fs.existsSync(paths.database)) return good(name, `${paths.database} (made at the first start)`);
  try {
    fs.accessSync(paths.database, fs.constants.R_OK | fs.constants.W_OK);
  } catch {
    return {
      name,
      ok: false,
      detail: `${paths.database} is not writable`,
      fix: 'Give yourself write permission to it',
    };
  }
  return good(name, `${paths.database}, last used by server ${databaseVersion(paths) ?? '(not recorded)'}`);
}

function checkDisk({ stateDir }: LocalPaths, state: ServiceState | undefined): Check {
  const name = 'disk';
  const freeBytes = freeBytesAt(stateDir);
  const isRunning = state !== undefined && isAlive(state.supervisor);
  if (!isFull(freeBytes, false) && !(isRunning && state.state === 'disk_full')) {
    const detail =
      freeBytes === undefined ? stateDir : `${Math.round(freeBytes / 1e6)} MB free at ${stateDir}`;
    return good(name, detail);
  }
  const fix = isRunning ? 'Free some space; everything goes on by itself' : `Free some space. ${START}`;
  return { name, ok: false, detail: diskFullText(stateDir), fix };
}

function checkSupervisor(paths: LocalPaths, state: ServiceState | undefined): Check {
  const name = 'supervisor';
  const holder = lockHolder(paths.lockDir);
  const error = state?.lastError ? `; last error: ${state.lastError.message}` : '';
  if (!holder) {
    const left = state ? `not running, though ${paths.stateFile} says ${state.state}` : 'not running';
    return { name, ok: false, detail: `${left}${error}`, fix: START };
  }
  const phase = `process ${holder.pid} is ${state?.state ?? 'starting'}`;
  if (state?.state === 'ready' && state.supervisor.pid === holder.pid) return good(name, phase);
  const trouble = troubleText(state?.endings, Date.now());
  const detail = trouble === undefined ? phase : `${phase}: ${trouble}`;
  const advice = state?.lastError?.message.split('\n', 1)[0] ?? '';
  const logs = `Wait a moment: it goes on by itself once the cause is mended. If it stays so, see ${paths.logsDir}`;
  return { name, ok: false, detail, fix: advice.startsWith('The database') ? advice : logs };
}

function checkProcess(name: 'server' | 'worker', ref: ProcessRef | undefined): Check {
  if (ref && isAlive(ref)) return good(name, `process ${ref.pid}`);
  const detail = ref ? `process ${ref.pid} has died` : 'not running';
  return { name, ok: false, detail, fix: START };
}

async function checkPort(name: 'address' | 'web ui', where: string | undefined): Promise<Check> {
  const port = Number(/:(\d+)$/.exec(where ?? '')?.[1]);
  if (where === undefined || !port) return { name, ok: false, detail: 'none', fix: START };
  if (await answers(port, 2_000)) return good(name, where);
  return { name, ok: false, detail: `${where} does not answer`, fix: RESTART };
}

function good(name: string, detail: string): Check {
  return { name, ok: true, detail, fix: '' };
}
