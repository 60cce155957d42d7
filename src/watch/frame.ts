/** A view as the lines of a screen: pure. */
import { duration } from '../cli/words';
import { tableRows } from './cells';
import { fitted, wrapped } from './text';
import { type Pager, selectedIn, type View } from './view';
import type { WatchedAgent } from './watched';

export interface Size {
  columns: number;
  rows: number;
}

/** Lines besides those of agents: what is shown, the head of the table, and what keys do. */
const FRAME_LINES = 3;

export function pageOf({ rows }: Size): number {
  return Math.max(1, rows - FRAME_LINES);
}

const BOLD = '\u001b[1m';
const DIM = '\u001b[2m';
const REVERSE = '\u001b[7m';
const RESET = '\u001b[0m';
const COLOURS: Partial<Record<WatchedAgent['status'], string>> = {
  running: '\u001b[32m',
  waiting: '\u001b[33m',
  failed: '\u001b[31m',
  killed: '\u001b[35m',
};

/** At most `size.rows` lines of at most `size.columns` cells. */
export function frameOf(view: View, size: Size, nowMs: number): string[] {
  const body = view.pager ? pagerLines(view.pager, size) : tableLines(view, size, nowMs);
  const lines = [...body, footer(view, size, nowMs)];
  // Less than everything on a very small screen: the footer, which may hold a question, stays.
  return lines.slice(Math.max(0, lines.length - size.rows));
}

function tableLines(view: View, size: Size, nowMs: number): string[] {
  const agents = view.snapshot?.agents ?? [];
  const page = pageOf(size);
  const at = Math.max(
    0,
    agents.findIndex(({ agent_id: id }) => id === selectedIn(view)?.agent_id),
  );
  const first = Math.min(Math.max(0, at - page + 1), Math.max(0, agents.length - page));
  const shown = agents.slice(first, first + page);
  const { head, rows } = tableRows(shown, Math.max(0, size.columns - 2), nowMs);
  const lines = rows.map(({ status, rest }, index) => {
    if (first + index === at) return `${REVERSE}> ${status}${rest}${RESET}`;
    const colour = COLOURS[shown[index]?.status ?? 'pending'] ?? DIM;
    return `  ${colour}${status}${RESET}${rest}`;
  });
  const none =
    agents.length === 0 && view.snapshot
      ? [fitted('  No agents here yet: bga spawn "a task"', size.columns)]
      : [];
  return [
    title(view, size),
    `${DIM}  ${head}${RESET}`,
    ...lines,
    ...none,
    ...blank(page - lines.length - none.length),
  ];
}

function title({ snapshot, scope }: View, { columns }: Size): string {
  const counts = Object.entries(snapshot?.counts ?? {}).filter(([, agents]) => agents > 0);
  const total = counts.map(([status, agents]) => `${agents} ${status}`).join(', ');
  const where =
    scope === 'all' ? 'all directories' : `this ${scope === 'workspace' ? 'directory' : 'session'}`;
  return `${BOLD}${fitted(`bga watch · ${where} · ${snapshot ? total || 'no agents' : 'looking …'}`, columns)}${RESET}`;
}

function pagerLines({ agentId, text, top, follows, isEnded }: Pager, size: Size): string[] {
  const all = wrapped(text, size.columns);
  const page = textPage(size);
  const last = Math.max(0, all.length - page);
  const first = follows ? last : Math.min(top, last);
  const state = isEnded ? 'ended' : follows ? 'following' : 'working';
  const place = `lines ${Math.min(first + 1, all.length)}-${Math.min(first + page, all.length)} of ${all.length}`;
  const shown = all.slice(first, first + page);
  return [
    `${BOLD}${fitted(`${agentId} · ${state} · ${place}`, size.columns)}${RESET}`,
    ...shown,
    ...blank(page - shown.length),
  ];
}

/** With the pager where it is shown to be, so that keys go on from there. */
export function settled(view: View, size: Size): View {
  const { pager } = view;
  if (!pager) return view;
  const last = lastTop(pager, size);
  return { ...view, pager: { ...pager, top: pager.follows ? last : Math.min(pager.top, last) } };
}

function lastTop({ text }: Pager, size: Size): number {
  return Math.max(0, wrapped(text, size.columns).length - textPage(size));
}

function textPage({ rows }: Size): number {
  return Math.max(1, rows - 2);
}

const TABLE_KEYS = '↑↓ choose · enter read · f follow · x stop · a all directories · q quit';
const PAGER_KEYS = '↑↓ space scroll · g G ends · f follow · x stop · q back';

function footer(view: View, { columns }: Size, nowMs: number): string {
  if (view.asking)
    return `${BOLD}${fitted(`Stop ${view.asking.killing}? What it has found stays readable. (y/n)`, columns)}${RESET}`;
  if (view.lost) {
    const since = duration(Math.max(0, nowMs - view.lost.sinceMs));
    return `${REVERSE}${fitted(`The service does not answer (${since}); waiting for it. ${view.lost.why}`, columns)}${RESET}`;
  }
  return `${DIM}${fitted(view.note ?? (view.pager ? PAGER_KEYS : TABLE_KEYS), columns)}${RESET}`;
}

function blank(lines: number): string[] {
  return Array.from({ length: Math.max(0, lines) }, () => '');
}
