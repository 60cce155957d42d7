/** Gives each call of a tool the agents it works on, and sets the local service up first where that is needed. */
import type { AgentsContext } from '../agents/context';
import type { Session } from '../agents/session';
import { type Config, type Env, isLocal } from '../config';
import type { Progress } from '../local/options';
import { readyService } from '../local/service';
import type { Temporal } from '../temporal';
import { createOpening, type Opening } from './opening';
import type { Operations } from './tool';

/** Calls in flight on an old connection end by then. */
const LINGER_MS = 60_000;

export interface DoorOptions {
  config: Config;
  env: Env;
  session: Session;
  workspace: string;
}

export interface Opened {
  operations: Operations;
  agents: AgentsContext;
}

export interface Door {
  open(): Promise<Opened>;
  /** What was opened last, if anything: for the end of a session, which should start nothing. */
  opened(): Opened | undefined;
  /** After "cannot be reached": the next call looks for the service anew. */
  forget(): void;
  /** What a person should be told of the service, once. */
  takeRemarks(): string[];
}

export function createDoor(options: DoorOptions): Door {
  let opening: Opening | undefined;
  let opened: Opened | undefined;
  let stale = false;
  const remarks: string[] = [];

  async function openAnew(onProgress: Progress): Promise<Opened> {
    // Loaded at the first call: `tools/list` should not wait for Temporal's client.
    const [{ openAgents }, operations] = await Promise.all([import('../open'), import('../agents')]);
    const { config, session } = options;
    session.lease ??= operations.createLease({
      sessionId: session.id,
      leaseMs: operations.leaseMsOf(config),
      current,
    });
    const agents = await openAgents({
      ...options,
      onProgress,
      onRemark: (text) => remarks.push(text),
      // This process may be days old, and its environment with it: only at first does it know better than what runs.
      replace: opened ? 'never' : 'once',
    });
    if (opened) closeLater(opened.agents);
    opened = { operations, agents };
    opening = undefined;
    stale = false;
    return opened;
  }

  const address = () => readyService(options.config.stateDir)?.address;

  /** The local service has moved or gone, as after `bga down`; the session was not told. */
  function hasMoved(): boolean {
    if (!opened || !isLocal(options.config)) return false;
    return address() !== opened.agents.temporal.target.address;
  }

  /** Follows a service that has moved while nobody called, and starts none that is down. */
  async function current(): Promise<Temporal | undefined> {
    if (hasMoved() && address() !== undefined) await share();
    return opened?.agents.temporal;
  }

  /** Every call that comes while it is being opened shares that one opening. One that failed unheard is told to the next. */
  async function share(): Promise<Opened> {
    opening ??= createOpening(openAnew);
    const shared = opening;
    const result = await shared.result();
    if (opening === shared) opening = undefined;
    if ('error' in result) throw result.error;
    return result.opened;
  }

  return {
    open: async () => (opened && !opening && !stale && !hasMoved() ? opened : share()),
    opened: () => opened,
    forget: () => {
      stale = true;
    },
    takeRemarks: () => remarks.splice(0),
  };
}

function closeLater({ temporal }: AgentsContext): void {
  setTimeout(() => void temporal.close().catch(() => undefined), LINGER_MS).unref();
}
