/**
 * A terminal taken over for a while: the alternate screen, keys as they are pressed, and everything given back however this ends.
 * A hundred lines of Node's own `readline`; what screens need beyond them, as windows and layouts, this has not.
 */
import { emitKeypressEvents } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Size } from './frame';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
/** In front of a line: behind one that fills its row, some terminals erase its last character. */
const ERASE_LINE = '\u001b[2K';
/** Shown at once, by terminals that know of it. */
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
/** Of a terminal that does not say. */
const DEFAULT_SIZE: Size = { columns: 80, rows: 24 };

export interface Screen {
  size(): Size;
  draw(lines: readonly string[]): void;
  close(): void;
}

export interface ScreenHandlers {
  onKey(key: string): void;
  /** The size has changed, or the screen is back after a stop. */
  onStale(): void;
  /** The terminal is gone, or somebody asks for an end. */
  onEnd(): void;
}

export function openScreen(input: ReadStream, output: WriteStream, handlers: ScreenHandlers): Screen {
  let isOpen = false;
  const enter = () => {
    if (isOpen) return;
    isOpen = true;
    input.setRawMode(true);
    input.resume();
    output.write(ENTER);
  };
  const leave = () => {
    if (!isOpen) return;
    isOpen = false;
    output.write(LEAVE);
    input.setRawMode(false);
  };
  const stop = () => {
    leave();
    process.kill(process.pid, 'SIGSTOP');
  };
  const onKeypress = (text: string | undefined, key: { name?: string; ctrl?: boolean }) => {
    // Raw, it is a key like any other; what shares the terminal, such as npx, has to stop as well.
    if (key.ctrl && key.name === 'z') process.kill(0, 'SIGTSTP');
    else handlers.onKey(key.ctrl ? `ctrl-${key.name}` : named(text, key.name));
  };
  const onCont = () => {
    enter();
    handlers.onStale();
  };
  /** Given back first, then ended as whoever sent it expects. */
  const onSignal = (signal: NodeJS.Signals) => {
    close();
    process.kill(process.pid, signal);
  };
  const close = () => {
    leave();
    input.off('keypress', onKeypress).off('end', handlers.onEnd).off('error', handlers.onEnd).pause();
    output.off('resize', handlers.onStale);
    process.off('SIGTSTP', stop).off('SIGCONT', onCont).off('SIGINT', handlers.onEnd).off('exit', leave);
    for (const signal of ['SIGTERM', 'SIGHUP']) process.off(signal, onSignal);
  };
  emitKeypressEvents(input);
  input.on('keypress', onKeypress).on('end', handlers.onEnd).on('error', handlers.onEnd);
  output.on('resize', handlers.onStale);
  process.on('SIGTSTP', stop).on('SIGCONT', onCont).on('SIGINT', handlers.onEnd).on('exit', leave);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  enter();
  return {
    size: () => ({ columns: output.columns || DEFAULT_SIZE.columns, rows: output.rows || DEFAULT_SIZE.rows }),
    draw: (lines) => {
      if (isOpen) output.write(`${BEGIN}${HOME}${lines.map((line) => ERASE_LINE + line).join('\r\n')}${END}`);
    },
    close,
  };
}

/** Letters as they are, since G is not g. */
function named(text: string | undefined, name: string | undefined): string {
  return text !== undefined && /^[\x21-\x7e]$/.test(text) ? text : (name ?? '');
}
