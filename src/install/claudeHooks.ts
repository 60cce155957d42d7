/** Our hooks in Claude Code's settings: an item in the list of each event. */
import { z } from 'zod';
import type { Edit } from './edit';
import { missing, prune } from './jsonEntry';
import { refusedAt, valueAt, withItem, without, withValue } from './jsonText';

const HOOK_EVENTS = ['UserPromptSubmit', 'Stop', 'SessionEnd'] as const;

/** It ends by itself before two seconds are over; npx may take a moment to find it. */
const TIMEOUT_S = 15;

const group = z.looseObject({ hooks: z.array(z.looseObject({ command: z.string().optional() })) });

interface Place {
  path: (string | number)[];
  command: string | undefined;
  isAlone: boolean;
}

export function claudeHooks(file: string, command: string): Edit {
  const put = (text: string, event: string): string => {
    const [own] = placesOf(file, text, event);
    if (own) return own.command === command ? text : withValue(file, text, [...own.path, 'command'], command);
    const item = { hooks: [{ type: 'command', command, timeout: TIMEOUT_S }] };
    const list = valueAt(file, text, ['hooks', event]);
    if (list === undefined) return withValue(file, text, ['hooks', event], [item]);
    if (!Array.isArray(list)) throw refusedAt(file, text, ['hooks', event], 'is no array');
    return withItem(file, text, ['hooks', event], item);
  };
  return {
    put(text) {
      const lists = HOOK_EVENTS.flatMap((event) => missing(file, text, ['hooks', event, '']));
      const made = lists.sort((a, b) => b.length - a.length).filter(isFirst);
      return { text: HOOK_EVENTS.reduce(put, text), traces: { made } };
    },
    take(text, traces) {
      const without = HOOK_EVENTS.reduce((now, event) => takeAll(file, now, event), text);
      return prune(file, without, traces);
    },
  };
}

function takeAll(file: string, text: string, event: string): string {
  // From the last on, so that the indices of those before stay right.
  return placesOf(file, text, event)
    .reverse()
    .reduce((now, { path, isAlone }) => without(file, now, isAlone ? path.slice(0, -2) : path), text);
}

function placesOf(file: string, text: string, event: string): Place[] {
  const groups = valueAt(file, text, ['hooks', event]);
  if (!Array.isArray(groups)) return [];
  return groups.flatMap((each, index) =>
    (group.safeParse(each).data?.hooks ?? []).flatMap(({ command }, inner, all) =>
      isOurs(command)
        ? [{ path: ['hooks', event, index, 'hooks', inner], command, isAlone: all.length === 1 }]
        : [],
    ),
  );
}

/** However it was started when it was written. */
function isOurs(command: string | undefined): boolean {
  return (
    command !== undefined &&
    /(background-agents|[\\/]dist[\\/]src[\\/]cli[\\/]main\.js|\bbga)'? hook$/.test(command)
  );
}

function isFirst(path: string[], index: number, all: string[][]): boolean {
  return all.findIndex((other) => other.join('\n') === path.join('\n')) === index;
}
