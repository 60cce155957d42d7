/** Gives each call of a tool the agents it works on, and sets the local service up first where that is needed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentsContext } from '../agents/context';
import { UserError } from '../agents/errors';
import type { Session } from '../agents/session';
import { type Config, type Env, isLocal } from '../config';
import { readyService } from '../local/service';
import type { Temporal } from '../temporal';
import type { Operations } from './tool';

/** Below the 60 s after which clients give a call up. */
const PATIENCE_MS = 40_000;
/** Calls in flight on an old connection end by then. */
const LINGER_MS = 60_000;

export interface DoorOptions {
  config: Config;
  env: Env;
  session: Session;
  workspace: string;
}

interface Opened {
  operations: Operations;
  agents: AgentsContext;
}

export interface Door {
  open(): Promise<Opened>;
  /** What was opened last, if anything: for the end of a session, which should start nothing. */
  opened(): Opened | undefined;
  /** After "cannot be reached": the next call looks for the service anew. */
  forget(): void;
}

export function createDoor(options: DoorOptions): Door {
  let opening: Promise<Opened> | undefined;
  let opened: Opened | undefined;
  let stale = false;
  let step = 'starting';

  async function openAnew(): Promise<Opened> {
    // Loaded at the first call: `tools/list` should not wait for Temporal's client.
    const [{ openAgents }, operations] = await Promise.all([import('../open'), import('../agents')]);
    const onProgress = ({ text }: { text: string }) => {
      step = text;
    };
    const { config, session } = options;
    session.lease ??= operations.createLease({
      sessionId: session.id,
      leaseMs: operations.leaseMsOf(config),
      current,
    });
    const agents = await openAgents({ ...options, onProgress });
    if (opened) closeLater(opened.agents);
    opened = { operations, agents };
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
    if (hasMoved() && address() !== undefined) await (opening ?? shared());
    return opened?.agents.temporal;
  }

  /** Every call that comes while it is being opened shares that one opening. */
  function shared(): Promise<Opened> {
    const made = openAnew();
    opening = made;
    const settled = () => {
      if (opening === made) opening = undefined;
    };
    made.then(settled, settled);
    return made;
  }

  return {
    open: async () => {
      if (opening) return inTime(opening, () => step);
      if (opened && !stale && !hasMoved()) return opened;
      return inTime(shared(), () => step);
    },
    opened: () => opened,
    forget: () => {
      stale = true;
    },
  };
}

async function inTime(opening: Promise<Opened>, step: () => string): Promise<Opened> {
  const late = new AbortController();
  try {
    return await Promise.race([opening, tooLate(step, late.signal)]);
  } finally {
    late.abort();
  }
}

async function tooLate(step: () => string, signal: AbortSignal): Promise<never> {
  await delay(PATIENCE_MS, undefined, { ref: false, signal });
  throw new UserError(
    'not_ready',
    `Setting up the local service (${step()}). It takes about three minutes, once. Call again in a while.`,
  );
}

function closeLater({ temporal }: AgentsContext): void {
  setTimeout(() => void temporal.close().catch(() => undefined), LINGER_MS).unref();
}
