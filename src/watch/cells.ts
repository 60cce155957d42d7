/** One agent as the cells of a row, and which of them fit: pure. */
import { dollars, duration, short } from '../cli/words';
import { fitted, widthOf } from './text';
import type { WatchedAgent } from './watched';

interface Column {
  title: string;
  cell(agent: WatchedAgent, nowMs: number): string;
  /** Where there is too little room, those with the highest number go first. */
  dispensable: number;
}

/** The last one takes what is left. */
const COLUMNS: readonly Column[] = [
  { title: 'status', cell: statusCell, dispensable: 0 },
  { title: 'agent', cell: (agent) => agent.agent_id, dispensable: 2 },
  { title: 'turn', cell: turnCell, dispensable: 3 },
  { title: 'tokens', cell: tokensCell, dispensable: 5 },
  { title: 'cost', cell: ({ cost_usd: usd }) => dollars(usd), dispensable: 6 },
  { title: 'age', cell: ageCell, dispensable: 4 },
  { title: 'activity', cell: activityCell, dispensable: 0 },
];
const GAP = 2;
const LEAST_LAST = 16;

export interface TableRow {
  /** Of the status, which may be coloured. */
  status: string;
  rest: string;
}

/** The head and the rows, each exactly so many cells wide. */
export function tableRows(
  agents: readonly WatchedAgent[],
  cells: number,
  nowMs: number,
): { head: string; rows: TableRow[] } {
  const texts = new Map(COLUMNS.map((column) => [column, agents.map((agent) => column.cell(agent, nowMs))]));
  const widths = new Map(
    COLUMNS.map((column) => [column, Math.max(...[column.title, ...(texts.get(column) ?? [])].map(widthOf))]),
  );
  const shown = thatFit(widths, cells);
  const row = (text: (column: Column) => string): TableRow => {
    let left = cells;
    const parts = shown.map((column, index) => {
      const isLast = index === shown.length - 1;
      const width = isLast ? left : Math.min(left, (widths.get(column) ?? 0) + GAP);
      left -= width;
      return (
        fitted(text(column), isLast ? width : Math.max(0, width - GAP)) +
        (isLast ? '' : ' '.repeat(Math.min(width, GAP)))
      );
    });
    return { status: parts[0] ?? '', rest: parts.slice(1).join('') };
  };
  const { status, rest } = row(({ title }) => title);
  return {
    head: status + rest,
    rows: agents.map((_, index) => row((column) => texts.get(column)?.[index] ?? '')),
  };
}

function thatFit(widths: ReadonlyMap<Column, number>, cells: number): Column[] {
  const shown = [...COLUMNS];
  const needed = () =>
    shown.slice(0, -1).reduce((sum, column) => sum + (widths.get(column) ?? 0) + GAP, LEAST_LAST);
  while (needed() > cells) {
    const most = Math.max(...shown.map(({ dispensable }) => dispensable));
    if (most === 0) break;
    shown.splice(
      shown.findIndex(({ dispensable }) => dispensable === most),
      1,
    );
  }
  return shown;
}

function statusCell({ status, reason, unread }: WatchedAgent): string {
  const why = reason === undefined || reason === 'answered' || reason === status ? '' : ` ${reason}`;
  return `${status}${why}${unread ? ' *' : ''}`;
}

function turnCell({ look }: WatchedAgent): string {
  return look ? `${look.progress.turn}/${look.progress.max_turns}` : '';
}

/** Since it was spawned, also of one that has ended. */
function ageCell({ created_at: at }: WatchedAgent, nowMs: number): string {
  return duration(Math.max(0, nowMs - Date.parse(at)));
}

function tokensCell({ look }: WatchedAgent): string {
  if (!look) return '';
  const { input_tokens, output_tokens, cache_read_tokens, cache_write_tokens } = look.usage;
  return short(input_tokens + output_tokens + cache_read_tokens + cache_write_tokens);
}

/** What it does; of one that has ended, what it was to do. */
function activityCell({ status, look, name, task }: WatchedAgent): string {
  const what = name === undefined ? task : `${name}: ${task}`;
  if (look?.question !== undefined) return look.question.text;
  return status === 'running' && look ? look.progress.activity : what;
}

/** The same in one line of prose, for a log. */
export function changeLine(agent: WatchedAgent): string {
  const turn = turnCell(agent);
  const facts = [
    agent.agent_id,
    statusCell(agent),
    ...(turn === '' ? [] : [`turn ${turn}`, `${tokensCell(agent)} tokens`]),
    dollars(agent.cost_usd),
    duration(agent.duration_ms),
    activityCell(agent),
  ];
  return fitted(facts.join(' · '), 400).trimEnd();
}
