import type { Log } from '../log/log';
import type { ConnectionDoor } from './door';

/** The end of a session in good order: its agents that live no longer are stopped. Starts nothing for that. */
export async function farewell(door: ConnectionDoor, log: Log): Promise<void> {
  const opened = door.opened();
  if (!opened) return;
  const { operations, agents } = opened;
  const { session, temporal } = agents;
  try {
    if (session.spawned.length + session.starting.size > 0)
      await operations.endSession(agents, 'session_ended');
  } catch (error) {
    log('warn', `the session's agents could not be stopped: ${String(error)}`);
  }
  try {
    // Its workflow stops what could not be stopped from here.
    await session.lease?.release(temporal);
  } catch (error) {
    log('warn', `the server could not be told that the session ends: ${String(error)}`);
  }
}
