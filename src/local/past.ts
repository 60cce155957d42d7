/** `bga doctor` on what is over, and needs nobody: it explains what somebody may have seen. */
import { historyText, timeText } from './endings';
import { replacedBy } from './replaced';
import type { ServiceState } from './state';

export function pastOf(state: ServiceState): string {
  const past = [
    ...historyText(state.endings),
    ...diskText(state.disk),
    ...replacedText(state.replaced),
    ...state.notes.map((note) => note.replace(/\.$/, '')),
  ];
  return past.length > 0 ? past.join('; ') : `nothing ended by itself since ${timeText(state.startedAtMs)}`;
}

function diskText(disk: ServiceState['disk']): string[] {
  if (disk?.fullUntilMs === undefined) return [];
  return [`the disk was full from ${timeText(disk.fullSinceMs)} to ${timeText(disk.fullUntilMs)}`];
}

function replacedText(replaced: ServiceState['replaced']): string[] {
  return replaced === undefined ? [] : [`${replacedBy(replaced)} at ${timeText(replaced.atMs)}`];
}
