/** Lets no more agents of a session run at once than are allowed; the others wait in order. It lives while somebody is inside. */
import {
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { isCancellation } from './faults';
import { goSignal, joinSignal, leaveSignal, placesQuery } from './messages';
import { admitted, type GateActivities, isEmpty, joined, left, NO_PLACES, type Places } from './places';
import { signalled } from './signals';

export interface GateInput {
  /** Of the run before this one. */
  places?: Places;
  lookEveryMs?: number;
  eventsOfARun?: number;
}

const { stillOpen } = proxyActivities<GateActivities>({
  startToCloseTimeout: '30s',
  retry: { maximumAttempts: 3 },
});

/** An agent says that it leaves; one that somebody terminates cannot. While others wait, those inside are looked after this often. */
const LOOK_EVERY_MS = 20_000;
/** A workflow may have 2,000 signals under way; more are told in the next round. */
const TOLD_AT_ONCE = 500;
/** They replay within a second. */
const EVENTS_OF_A_RUN = 2_000;
/** What fits the 2 MB of an input; those behind ask again by themselves. */
const HANDED_ON = 20_000;

export async function gate(input: GateInput = {}): Promise<void> {
  let places = input.places ?? NO_PLACES;
  setHandler(placesQuery, () => places);
  setHandler(joinSignal, (ticket) => {
    places = joined(places, ticket);
  });
  setHandler(leaveSignal, (agentId) => {
    places = left(places, agentId);
  });
  const leave = (agentIds: readonly string[]) => {
    for (const agentId of agentIds) places = left(places, agentId);
  };

  await condition(() => !isEmpty(places));
  const lookEveryMs = input.lookEveryMs ?? LOOK_EVERY_MS;
  let lookAtMs = Date.now() + lookEveryMs;
  // Nothing is awaited between the last look at `places` and the end: a signal that comes then makes the server refuse that end.
  while (!isEmpty(places)) {
    if (isLong(input.eventsOfARun ?? EVENTS_OF_A_RUN))
      await continueAsNew<typeof gate>({ ...input, places: handedOn(places) });
    const next = admitted(places, TOLD_AT_ONCE);
    places = next.places;
    setCurrentDetails(detailsOf(places));
    if (next.agentIds.length > 0) {
      leave(await absentOf(next.agentIds));
      continue;
    }
    const isChanged = () => places !== next.places;
    if (places.queue.length === 0) {
      await condition(isChanged);
    } else if (!(await condition(isChanged, Math.max(1, lookAtMs - Date.now())))) {
      leave(await endedOf(places.holders));
      lookAtMs = Date.now() + lookEveryMs;
    }
  }
}

function isLong(events: number): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return historyLength > events || continueAsNewSuggested;
}

function handedOn(places: Places): Places {
  return { ...places, queue: places.queue.slice(0, HANDED_ON) };
}

/** Tells agents to go; returns those that had ended while they waited. */
async function absentOf(agentIds: readonly string[]): Promise<string[]> {
  const told = await Promise.all(agentIds.map((agentId) => signalled(agentId, goSignal)));
  return agentIds.filter((_, index) => !told[index]);
}

async function endedOf(agentIds: readonly string[]): Promise<string[]> {
  try {
    const open = await stillOpen(agentIds);
    return agentIds.filter((agentId) => !open.includes(agentId));
  } catch (error) {
    if (isCancellation(error)) throw error;
    // The server is away: nobody is taken for ended for that.
    return [];
  }
}

function detailsOf({ maxRunning, holders, queue }: Places): string {
  return `${holders.length} of ${maxRunning} agents of this session run, ${queue.length} wait`;
}
