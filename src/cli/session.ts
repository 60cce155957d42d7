/** The command line's own session: the same in every call of one user on one machine with one state directory. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { callerOf } from '../agents/owner';
import { newSession, type Session } from '../agents/session';
import type { Config } from '../config';
import { placesOf } from '../placesInFile';

/** `bga wait` waits for what `bga spawn` started, and `--since-last` goes on where the last command stopped. */
export function cliSession(config: Pick<Config, 'stateDir' | 'owner' | 'shareAgents'>): Session {
  const { stateDir, owner } = config;
  const digest = createHash('sha256')
    .update(JSON.stringify([hostname(), process.getuid?.(), stateDir]))
    .digest('hex');
  const id = `cli-${digest.slice(0, 24)}`;
  return newSession(id, placesOf(stateDir, id), callerOf(owner, config));
}
