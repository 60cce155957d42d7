/** This process's one connection to the agents, whatever sessions share it; sets the local service up first where that is needed. */
import type { SharedContext } from '../agents/context';
import { type Config, type Env, isLocal } from '../config';
import type { Progress } from '../local/options';
import { readyService } from '../local/service';
import type { Temporal } from '../temporal';
import { createOpening, type Opening } from './opening';
import type { Operations } from './tool';

/** Calls in flight on an old connection end by then. */
const LINGER_MS = 60_000;

export interface ConnectionOptions {
  config: Config;
  env: Env;
  workspace: string;
  /** Told what a person should know of the service, once. */
  onRemark: (text: string) => void;
}

export interface Connected {
  operations: Operations;
  /** Whose session it is, is added for each call. */
  agents: SharedContext;
}

export interface Connection {
  config: Config;
  open(): Promise<Connected>;
  /** What was opened last, if anything: for the end of a session, which should start nothing. */
  opened(): Connected | undefined;
  /** The server where it is now, because the service may move between two calls; undefined while there is none. */
  current(): Promise<Temporal | undefined>;
  /** After "cannot be reached": the next call looks for the service anew. */
  forget(): void;
  close(): Promise<void>;
}

export function createConnection(options: ConnectionOptions): Connection {
  let opening: Opening | undefined;
  let opened: Connected | undefined;
  let stale = false;

  async function openAnew(onProgress: Progress): Promise<Connected> {
    // Loaded at the first call: `tools/list` should not wait for Temporal's client.
    const [{ openShared }, operations] = await Promise.all([import('../open'), import('../agents')]);
    const agents = await openShared({
      ...options,
      onProgress,
      // This process may be days old, and its environment with it: only at first does it know better than what runs.
      replace: opened ? 'never' : 'once',
    });
    if (opened) closeLater(opened.agents.temporal);
    opened = { operations, agents };
    opening = undefined;
    stale = false;
    return opened;
  }

  const address = () => readyService(options.config.stateDir)?.address;

  /** The local service has moved or gone, as after `bga down`; nobody here was told. */
  function hasMoved(): boolean {
    if (!opened || !isLocal(options.config)) return false;
    return address() !== opened.agents.temporal.target.address;
  }

  /** Every call that comes while it is being opened shares that one opening. One that failed unheard is told to the next. */
  async function share(): Promise<Connected> {
    opening ??= createOpening(openAnew);
    const shared = opening;
    const result = await shared.result();
    if (opening === shared) opening = undefined;
    if ('error' in result) throw result.error;
    return result.opened;
  }

  return {
    config: options.config,
    open: async () => (opened && !opening && !stale && !hasMoved() ? opened : share()),
    opened: () => opened,
    /** Follows a service that has moved while nobody called, and starts none that is down. */
    async current() {
      if (hasMoved() && address() !== undefined) await share();
      return opened?.agents.temporal;
    },
    forget: () => {
      stale = true;
    },
    close: async () => opened?.agents.temporal.close(),
  };
}

function closeLater(temporal: Temporal): void {
  setTimeout(() => void temporal.close().catch(() => undefined), LINGER_MS).unref();
}
