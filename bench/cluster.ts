/** A Temporal server as the local service starts it, and the worker processes of both sides, in a folder of their own. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { cacheDirOf, localPaths, resolveBinary } from '../src/local';
import { type Child, startChild } from '../src/local/child';
import { tailLog } from '../src/local/logs';
import { prepareNamespace } from '../src/local/namespace';
import { createPortClaims } from '../src/local/portClaims';
import { choosePorts } from '../src/local/ports';
import { stopProcess } from '../src/local/process';
import { serverArguments, serverEnv, withoutTemporal } from '../src/local/server';
import { searchAttributes } from '../src/localOptions';
import type { TemporalTarget } from '../src/temporal';
import type { Cleanup } from './cleanup';
import { say } from './progress';
import { NOTES_FILE, SOURCE_FILE } from './script';

/** Above anything that the benchmark has in flight: neither side waits for a slot. */
const AT_ONCE = 250;
const NAMESPACE = 'background-agents';
const SOURCE_CHARS = 8_000;
const START_TIMEOUT_MS = 60_000;
/** Nothing of worth is lost with them. */
const STOP_GRACE_MS = 2_000;

export interface Cluster {
  target: TemporalTarget;
  serverVersion: string;
  serverPid: number;
  workerPids: { ours: number; minimal: number };
  /** Home of the client side, without any settings. */
  home: string;
  /** Directory that the agents read. */
  workspace: string;
}

/** @param atOnce activities of each queue that a worker runs at a time */
export async function startCluster(cleanup: Cleanup, atOnce = AT_ONCE): Promise<Cluster> {
  const home = mkdtempSync(join(tmpdir(), 'bga-bench-'));
  cleanup.add(() => rmSync(home, { recursive: true, force: true }));
  const workspace = makeWorkspace(home);
  const { target, serverVersion, serverPid } = await startServer(home, cleanup);
  say('bundling the minimal workflow and starting a worker for each side');
  const bundle = await bundleMinimal(home);
  const [ours, minimal] = await Promise.all([
    startWorkerProcess('ours', { target, home, bundle, atOnce }, cleanup),
    startWorkerProcess('minimal', { target, home, bundle, atOnce }, cleanup),
  ]);
  return { target, serverVersion, serverPid, workerPids: { ours, minimal }, home, workspace };
}

export function makeWorkspace(home: string): string {
  const workspace = join(home, 'workspace');
  mkdirSync(workspace);
  const lines = Array.from({ length: 20 }, (_, index) => `Note ${index + 1}: nothing of importance.`);
  writeFileSync(join(workspace, NOTES_FILE), `${lines.join('\n')}\n`);
  writeFileSync(join(workspace, SOURCE_FILE), someSource());
  return workspace;
}

/** Code as agents read it all day: random letters would not be compressed, and repeated ones too well. */
function someSource(): string {
  return readFileSync(join(__dirname, '..', 'workflows', 'run.js'), 'utf8').slice(0, SOURCE_CHARS);
}

async function startServer(home: string, cleanup: Cleanup) {
  say('starting a Temporal server');
  const env = withoutTemporal(process.env);
  const binary = await resolveBinary({ cacheDir: cacheDirOf(env), env }, ({ text }) => say(text));
  const paths = localPaths(home);
  const ports = await choosePorts({ port: 0, uiPort: 0 }, createPortClaims());
  const child = startChild({
    program: binary.path,
    args: serverArguments(paths, ports, NAMESPACE),
    env: serverEnv(env),
    cwd: home,
    logFile: join(home, 'server.log'),
    ipc: false,
  });
  const serverPid = watch(child, 'server', join(home, 'server.log'), cleanup);
  const target = { address: `127.0.0.1:${ports.port}`, namespace: NAMESPACE };
  const spec = { namespace: NAMESPACE, retentionDays: 1, searchAttributes: searchAttributes() };
  await prepareNamespace(target.address, spec, AbortSignal.timeout(START_TIMEOUT_MS));
  return { target, serverVersion: binary.version, serverPid };
}

/** Ours has a bundle made at build time; so the yardstick gets one too. */
async function bundleMinimal(home: string): Promise<string> {
  const workflowsPath = join(__dirname, 'minimal', 'workflow.js');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const file = join(home, 'minimal-bundle.js');
  writeFileSync(file, code);
  return file;
}

async function startWorkerProcess(
  side: 'ours' | 'minimal',
  { target, home, bundle, atOnce }: { target: TemporalTarget; home: string; bundle: string; atOnce: number },
  cleanup: Cleanup,
): Promise<number> {
  const logFile = join(home, `${side}.log`);
  const child = startChild({
    program: process.execPath,
    args: [join(__dirname, 'workerMain.js'), side, target.address, target.namespace, bundle, String(atOnce)],
    env: withoutTemporal(process.env),
    cwd: home,
    logFile,
    ipc: true,
  });
  const pid = watch(child, `worker (${side})`, logFile, cleanup);
  const ended = child.exited.then((how) => {
    throw new Error(`The ${side} worker ${how}:\n${tailLog(logFile)}`);
  });
  await Promise.race([once(child.process, 'message'), ended]);
  ended.catch(() => undefined);
  return pid;
}

/** Has the child stopped at the end; until then, its death ends the benchmark with what its log says. */
function watch(child: Child, what: string, logFile: string, cleanup: Cleanup): number {
  const { ref } = child;
  if (!ref) throw new Error(`The ${what} could not be started:\n${tailLog(logFile)}`);
  cleanup.add(() => stopProcess(ref, STOP_GRACE_MS));
  void child.exited.then(async (how) => {
    // Ctrl-C reaches the children as well: they may be gone before they are told.
    if (cleanup.started) return;
    console.error(`bench: the ${what} ${how}:\n${tailLog(logFile)}`);
    await cleanup.run();
    process.exit(1);
  });
  return ref.pid;
}
