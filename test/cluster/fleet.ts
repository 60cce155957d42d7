/**
 * The deployment of `docker-compose.yml` without containers: the same services with the same commands and settings, as
 * processes on loopback. Only where things are differs: ports, and the folders that are mounted.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type RunningBga, startBga } from '../cli/process';
import { type CommandResult, cleanEnv, runBga } from '../support/product';
import { ROOT } from '../support/root';
import { until } from '../support/until';
import { type Compose, type ComposeService, loadCompose, serviceOf } from './compose';
import { findPostgres, type Postgres, preparePostgres } from './postgres';

export interface FleetOptions {
  /** What a person would write into `.env`. */
  env: Readonly<Record<string, string>>;
  /** What is mounted as `/workspaces`. */
  workspaces: string;
}

export interface Fleet {
  compose: Compose;
  /** Of Temporal's frontend. */
  address: string;
  postgres: Postgres;
  /** Everything that it writes is below it. */
  folder: string;
  /** Environment of a client, as of an editor outside, with the same configuration. */
  clientEnv(extra?: Record<string, string>): NodeJS.ProcessEnv;
  bga(env: NodeJS.ProcessEnv, ...args: string[]): Promise<CommandResult>;
  /** Runs a one-shot service, or `bga` as that service with other arguments. */
  runOnce(service: string, ...args: string[]): Promise<CommandResult>;
  /** Starts one replica; it listens on a port of its own. */
  start(service: string): Promise<FleetProcess>;
  stop(): Promise<void>;
}

export interface FleetProcess extends RunningBga {
  /** Runs the health check of the compose file. */
  isHealthy(): boolean;
  /** Where it listens. */
  url: string;
}

/** Why it cannot run here; undefined when it can. */
export function whyNoFleet(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Debian or a system like it';
  if (!findPostgres()) return 'PostgreSQL is not installed (apt-get install postgresql)';
  return undefined;
}

export async function startFleet({ env, workspaces }: FleetOptions): Promise<Fleet> {
  const compose = loadCompose({ ...env, WORKSPACES: workspaces });
  const folder = mkdtempSync(join(tmpdir(), 'bga-fleet-'));
  chmodSync(folder, 0o755);
  const built = buildTemporalServer();
  const ports = await freePorts(10);
  const [postgresPort = 0, frontend = 0] = ports;
  const address = `127.0.0.1:${frontend}`;
  const postgres = startable(compose, folder, postgresPort);
  const children: RunningBga[] = [];
  const configs = mountConfigs(compose, folder);
  const place = (service: string) => ({
    env: bgaEnv(compose, service, { address, workspaces, folder, configs }),
    workspace: folder,
  });
  await postgres.start();
  await runSchemaJob(compose, built, folder, postgresPort);
  const server = startTemporal(compose, built, folder, ports);
  await until(() => canConnect(frontend), 60_000).catch(() => {
    throw new Error(
      `Temporal did not start:\n${readFileSync(join(folder, 'temporal.log'), 'utf8').slice(-3_000)}`,
    );
  });
  return {
    compose,
    address,
    postgres,
    folder,
    clientEnv: (extra = {}) =>
      cleanEnv(mkdtempSync(join(folder, 'client-')), {
        TEMPORAL_ADDRESS: address,
        XDG_CONFIG_HOME: configs,
        ...extra,
      }),
    bga: (own, ...args) => runBga(own, folder, ...args),
    runOnce: (service, ...args) => {
      const { env: own, workspace } = place(service);
      return runBga(own, workspace, ...(args.length > 0 ? args : commandOf(compose, service)));
    },
    start: async (service) => {
      const [port = 0] = await freePorts(1);
      const written = commandOf(compose, service);
      const inside = written[written.findIndex((arg) => /^--(health-)?port$/.test(arg)) + 1] ?? '';
      const metrics = written.indexOf('--metrics-port');
      const moved = { [inside]: String(port), '/workspaces': workspaces, '0.0.0.0': '127.0.0.1' };
      // Replicas share this machine: each measures itself on a port that is free.
      const args = written.map((arg, at) => (metrics >= 0 && at === metrics + 1 ? '0' : (moved[arg] ?? arg)));
      const running = startBga(place(service), ...args);
      children.push(running);
      await running.shows(/is ready|MCP at|Codec server at/);
      return {
        ...running,
        url: `http://127.0.0.1:${port}`,
        isHealthy: () => passes(serviceOf(compose, service), inside, port),
      };
    },
    stop: async () => {
      for (const { child, ended } of children) {
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
        await ended;
      }
      if (server.exitCode === null) {
        server.kill('SIGKILL');
        await once(server, 'exit');
      }
      await postgres.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function commandOf(compose: Compose, service: string): string[] {
  return serviceOf(compose, service).command ?? [];
}

function settingsOf(compose: Compose, service: string): Record<string, string> {
  const settings = Object.entries(serviceOf(compose, service).environment ?? {});
  return Object.fromEntries(settings.map(([name, value]) => [name, value ?? '']));
}

function startable(compose: Compose, folder: string, port: number): Postgres {
  const bin = findPostgres();
  if (!bin) throw new Error(whyNoFleet());
  const { POSTGRES_USER: user = '', POSTGRES_PASSWORD: password = '' } = settingsOf(compose, 'postgres');
  const [, ...settings] = commandOf(compose, 'postgres');
  return preparePostgres({ bin, folder, port, user, password, settings });
}

/** Built once, and kept in the user's cache, as the Temporal command line is. */
function buildTemporalServer(): string {
  return execFileSync(join(ROOT, 'scripts', 'build-temporal-server.sh'), { encoding: 'utf8' }).trim();
}

async function runSchemaJob(compose: Compose, built: string, folder: string, port: number): Promise<void> {
  const tools = join(folder, 'tools');
  mkdirSync(tools);
  symlinkSync(join(built, 'sql'), join(tools, 'temporal-sql-tool'));
  const settings = {
    ...settingsOf(compose, 'temporal-schema'),
    SQL_HOST: '127.0.0.1',
    SQL_PORT: String(port),
  };
  const [program = '', ...args] = serviceOf(compose, 'temporal-schema').entrypoint ?? [];
  // A second time, as at every start of the deployment: it has to leave what is there.
  for (const _ of ['first', 'again'])
    execFileSync(program, args.map(outside), {
      env: { ...settings, PATH: `${tools}:${process.env.PATH}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
}

function startTemporal(compose: Compose, built: string, folder: string, ports: readonly number[]) {
  const [postgresPort, frontend, ...others] = ports.map(String);
  const settings = settingsOf(compose, 'temporal');
  const names = ['FRONTEND_MEMBERSHIP', 'FRONTEND_HTTP'].concat(
    ['HISTORY', 'MATCHING', 'WORKER'].flatMap((name) => [`${name}_GRPC`, `${name}_MEMBERSHIP`]),
  );
  mkdirSync(join(folder, 'config'));
  symlinkSync(join(built, 'docker.yaml'), join(folder, 'config', 'docker.yaml'));
  const log = openSync(join(folder, 'temporal.log'), 'a');
  return spawn(join(built, 'server'), ['--root', folder, '--env', 'docker', '--allow-no-auth', 'start'], {
    env: {
      ...settings,
      HOME: folder,
      POSTGRES_SEEDS: '127.0.0.1',
      BIND_ON_IP: '127.0.0.1',
      TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
      DB_PORT: postgresPort,
      POSTGRES_PORT: postgresPort,
      FRONTEND_GRPC_PORT: frontend,
      ...Object.fromEntries(names.map((name, index) => [`${name}_PORT`, others[index]])),
      DYNAMIC_CONFIG_FILE_PATH: outside(settings.DYNAMIC_CONFIG_FILE_PATH ?? ''),
    },
    stdio: ['ignore', log, log],
  });
}

interface Places extends Record<'address' | 'workspaces' | 'folder' | 'configs', string> {}

function bgaEnv(compose: Compose, service: string, places: Places): NodeJS.ProcessEnv {
  const { address, workspaces, folder, configs } = places;
  const settings = settingsOf(compose, service);
  const moved = {
    TEMPORAL_ADDRESS: address,
    ...(settings.XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME: configs }),
    ...(settings.BGA_WORKSPACE_ROOTS === undefined ? {} : { BGA_WORKSPACE_ROOTS: workspaces }),
  };
  return cleanEnv(mkdtempSync(join(folder, `${service}-`)), { ...settings, ...moved });
}

/** What the containers have as `/etc/xdg`. */
function mountConfigs({ configs }: Compose, folder: string): string {
  const home = join(folder, 'xdg');
  mkdirSync(join(home, 'background-agents'), { recursive: true });
  for (const [name, { file }] of Object.entries(configs))
    copyFileSync(resolve(ROOT, file), join(home, name, 'config.json'));
  return home;
}

/** Of the repository's `deploy`, which the containers have as `/deploy`. */
function outside(path: string): string {
  return path.replace(/^\/deploy\//, `${join(ROOT, 'deploy')}/`);
}

function passes({ healthcheck }: ComposeService, inside: string, port: number): boolean {
  const [, , ...args] = healthcheck?.test ?? [];
  try {
    execFileSync(
      process.execPath,
      args.map((arg) => arg.replace(`:${inside}/`, `:${port}/`)),
    );
    return true;
  } catch {
    return false;
  }
}

/** Below those that the system gives out by itself: Temporal keeps them in 16 bits with a sign. */
const FIRST_PORT = 15_000;
const PORTS = 17_000;

/** Held all at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  while (held.length < count) {
    const server = await listen(FIRST_PORT + randomInt(PORTS));
    if (server) held.push(server);
  }
  const ports = held.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  });
  await Promise.all(held.map((server) => promisify(server.close.bind(server))()));
  return ports;
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  return once(server, 'listening').then(
    () => server,
    () => undefined,
  );
}

async function canConnect(port: number): Promise<boolean> {
  const { answers } = await import('../../src/local/ports');
  return answers(port);
}
