/** Gives each call of a tool the agents it works on, and sets the local service up first where that is needed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentsContext, Session } from '../agents';
import { UserError } from '../agents/errors';
import { type Config, type Env, isLocal } from '../config';
import { readyService } from '../local/service';

/** Below the 60 s after which clients give a call up. */
const PATIENCE_MS = 40_000;

export interface DoorOptions {
  config: Config;
  env: Env;
  session: Session;
  workspace: string;
}

export interface Door {
  agents(): Promise<AgentsContext>;
  /** What was opened last, if anything: for the end of a session, which should start nothing. */
  opened(): AgentsContext | undefined;
  /** After "cannot be reached": the next call looks for the service anew. */
  forget(): void;
}

export function createDoor(options: DoorOptions): Door {
  let opening: Promise<AgentsContext> | undefined;
  let opened: AgentsContext | undefined;
  let step = 'starting';
  const { config } = options;

  async function open(): Promise<AgentsContext> {
    // Loaded at the first call: `tools/list` should not wait for Temporal's client.
    const { openAgents } = await import('../open');
    const before = opened;
    opened = await openAgents({
      ...options,
      onProgress: ({ text }) => {
        step = text;
      },
    });
    await before?.temporal.close();
    return opened;
  }

  function isStale(): boolean {
    if (!opened || !isLocal(config)) return false;
    return readyService(config.stateDir)?.address !== opened.temporal.target.address;
  }

  return {
    async agents() {
      if (opening && opened && isStale()) opening = undefined;
      if (!opening) {
        opening = open();
        opening.catch(() => {
          opening = undefined;
        });
      }
      const late = delay(PATIENCE_MS, undefined, { ref: false }).then(() => {
        throw new UserError(
          'not_ready',
          `Setting up the local service (${step}). It takes about three minutes, once. Call again in a while.`,
        );
      });
      return Promise.race([opening, late]);
    },
    opened: () => opened,
    forget: () => {
      opening = undefined;
    },
  };
}
