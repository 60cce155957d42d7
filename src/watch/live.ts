/** The live table: looks, keys and the screen brought together. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { kill, output } from '../agents';
import { frameOf, pageOf, settled } from './frame';
import { openScreen, type Screen } from './screen';
import { press, type View, type Wish } from './view';
import type { WatchRequest } from './watched';
import type { Watcher } from './watcher';

/** All of it in one piece. */
const ALL_CHARS = 1_000_000;

/** Until somebody has seen enough. */
export async function watchLive(watcher: Watcher, request: WatchRequest): Promise<void> {
  const over = new AbortController();
  const ended = once(over.signal, 'abort');
  let pause = new AbortController();
  let view: View = { scope: request.scope ?? 'workspace' };
  const show = (change: Partial<View> = {}) => {
    view = { ...view, ...change };
    if (!over.signal.aborted) screen.draw(frameOf(view, screen.size(), Date.now()));
  };
  const end = () => {
    over.abort();
    pause.abort();
  };
  const screen: Screen = openScreen(process.stdin, process.stdout, {
    onEnd: end,
    onStale: () => show(),
    onKey: (key) => {
      const pressed = press(settled(view, screen.size()), key, pageOf(screen.size()));
      view = pressed.view;
      show();
      if (pressed.wish) void fulfil(pressed.wish);
    },
  });

  async function fulfil(wish: Wish): Promise<void> {
    if (wish.kind === 'quit') return end();
    if (wish.kind === 'open') return read();
    if (wish.kind === 'kill') show({ note: await stopped(wish.agentId) });
    pause.abort();
  }

  async function stopped(agentId: string): Promise<string> {
    try {
      return `${agentId}: ${(await kill(watcher.agents(), agentId, 'Stopped in bga watch.')).message}`;
    } catch (error) {
      return `${agentId} could not be stopped: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** What the open agent has said by now. A service that does not answer is told by the next look. */
  async function read(): Promise<void> {
    const { pager } = view;
    if (!pager || pager.isEnded) return;
    const { agentId } = pager;
    const asked = { agent_id: agentId, view: 'full', max_chars: ALL_CHARS } as const;
    const said = await output(watcher.agents(), asked).catch(() => undefined);
    // Another one may have been opened meanwhile, or none.
    if (!said || view.pager?.agentId !== agentId) return;
    show({ pager: { ...view.pager, text: said.text, isEnded: said.reason !== undefined } });
  }

  async function look(): Promise<void> {
    const sight = await watcher.look({ ...request, scope: view.scope });
    const { lost: _, ...found } = view;
    view = sight.kind === 'lost' ? { ...view, lost: sight } : { ...found, snapshot: sight.snapshot };
    show();
    await read();
  }

  try {
    show();
    while (!over.signal.aborted) {
      pause = new AbortController();
      // A server that hangs keeps nobody from leaving.
      await Promise.race([look(), ended]);
      await delay(watcher.pauseMs(), undefined, { signal: pause.signal }).catch(() => undefined);
    }
  } finally {
    over.abort();
    screen.close();
  }
}
