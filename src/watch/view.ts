/** What the screen shows and how keys change it: pure. */
import { isOpen, type Snapshot, type WatchedAgent } from './watched';

export interface Pager {
  agentId: string;
  /** All that it has said so far. */
  text: string;
  /** First line shown; beyond the end means the end. */
  top: number;
  /** Stays at the end while more comes. */
  follows: boolean;
  isEnded: boolean;
}

export interface View {
  snapshot?: Snapshot;
  selected?: string;
  pager?: Pager;
  /** A question of ours that y or n answers. */
  asking?: { killing: string };
  /** What came of the last key. */
  note?: string;
  lost?: { sinceMs: number; why: string };
  scope: 'session' | 'workspace' | 'all';
}

/** What a key asks of the world, besides changing the view. */
export type Wish =
  | { kind: 'quit' }
  | { kind: 'open'; agentId: string }
  | { kind: 'kill'; agentId: string }
  | { kind: 'look' };

export interface Pressed {
  view: View;
  wish?: Wish;
}

/** `page` is how many lines there are for agents or text. */
export function press(view: View, key: string, page: number): Pressed {
  if (key === 'q' || key === 'ctrl-c')
    return view.pager && key === 'q' ? { view: closed(view) } : { view, wish: { kind: 'quit' } };
  if (view.asking) return answered(view, key);
  const { note: _, ...fresh } = view;
  return fresh.pager ? pressInPager(fresh, fresh.pager, key, page) : pressInTable(fresh, key, page);
}

function answered(view: View, key: string): Pressed {
  const { asking, ...rest } = view;
  if (key !== 'y' || !asking) return { view: { ...rest, note: 'Nothing was stopped.' } };
  return {
    view: { ...rest, note: `Stopping ${asking.killing} …` },
    wish: { kind: 'kill', agentId: asking.killing },
  };
}

function pressInTable(view: View, key: string, page: number): Pressed {
  const agent = selectedIn(view);
  const steps: Partial<Record<string, number>> = {
    up: -1,
    k: -1,
    down: 1,
    j: 1,
    pageup: -page,
    pagedown: page,
    home: Number.NEGATIVE_INFINITY,
    g: Number.NEGATIVE_INFINITY,
    end: Number.POSITIVE_INFINITY,
    G: Number.POSITIVE_INFINITY,
  };
  const step = steps[key];
  if (step !== undefined) return { view: moved(view, step) };
  if (key === 'a') {
    const scope = view.scope === 'all' ? 'workspace' : 'all';
    return { view: { ...view, scope }, wish: { kind: 'look' } };
  }
  if (!agent) return { view };
  if (key === 'return' || key === 'o' || key === 'f') return opened(view, agent, key === 'f');
  return key === 'x' ? asked(view, agent) : { view };
}

function pressInPager(view: View, pager: Pager, key: string, page: number): Pressed {
  const steps: Partial<Record<string, number>> = {
    up: -1,
    k: -1,
    down: 1,
    j: 1,
    return: 1,
    pageup: -page,
    b: -page,
    pagedown: page,
    space: page,
  };
  const step = steps[key];
  if (step !== undefined)
    return { view: { ...view, pager: { ...pager, top: Math.max(0, pager.top + step), follows: false } } };
  switch (key) {
    case 'escape':
    case 'left':
      return { view: closed(view) };
    case 'home':
    case 'g':
      return { view: { ...view, pager: { ...pager, top: 0, follows: false } } };
    case 'end':
    case 'G':
      return { view: { ...view, pager: { ...pager, top: Number.MAX_SAFE_INTEGER, follows: false } } };
    case 'f':
      return { view: { ...view, pager: { ...pager, follows: !pager.follows } } };
    case 'x': {
      const agent = view.snapshot?.agents.find(({ agent_id: id }) => id === pager.agentId);
      return agent ? asked(view, agent) : { view };
    }
    default:
      return { view };
  }
}

function opened(view: View, { agent_id: agentId }: WatchedAgent, follows: boolean): Pressed {
  const pager = { agentId, text: '', top: 0, follows, isEnded: false };
  return { view: { ...view, pager }, wish: { kind: 'open', agentId } };
}

function asked(view: View, agent: WatchedAgent): Pressed {
  const { agent_id: agentId } = agent;
  if (!isOpen(agent)) return { view: { ...view, note: `${agentId} has ended already.` } };
  return { view: { ...view, asking: { killing: agentId } } };
}

function closed(view: View): View {
  const { pager: _, note: __, ...rest } = view;
  return rest;
}

/** The agent that keys are about: the one chosen, or the first. */
export function selectedIn({ snapshot, selected }: View): WatchedAgent | undefined {
  return snapshot?.agents.find(({ agent_id: id }) => id === selected) ?? snapshot?.agents[0];
}

function moved(view: View, step: number): View {
  const agents = view.snapshot?.agents ?? [];
  const now = agents.findIndex(({ agent_id: id }) => id === selectedIn(view)?.agent_id);
  const next = agents[Math.min(agents.length - 1, Math.max(0, now + step))];
  return next ? { ...view, selected: next.agent_id } : view;
}
