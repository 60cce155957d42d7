/** The one line at the bottom of the terminal that says what goes on; plain lines where there is no terminal. */
import { oneLine } from '../../workflows/text';
import { printable } from './words';

export interface ProgressView {
  /** Shows a step, in place of the last one. */
  step(text: string, elapsedSeconds?: number): void;
  /** Shows what changes all the time, such as how far an agent is: plain lines show it only now and then. */
  state(text: string): void;
  /** Prints a line that stays. */
  line(text: string): void;
  /** Clears the step's line. */
  done(): void;
  /** Keeps everything back while somebody else writes to the terminal; the returned function lets it out. */
  hold(): () => void;
}

export interface ProgressOptions {
  animated: boolean;
  env: Readonly<Record<string, string | undefined>>;
  stream?: NodeJS.WriteStream;
}

/** Without a terminal a state that lasts is repeated this often, so that a log shows that it goes on. */
const REPEAT_MS = 15_000;

export function progressView({ animated, env, stream = process.stderr }: ProgressOptions): ProgressView {
  const isLive = animated && stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return isLive ? animatedView(stream) : plainView(stream);
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;
const ERASE_LINE = '\r\u001b[2K';

function animatedView(stream: NodeJS.WriteStream): ProgressView {
  let frame = 0;
  let shown: { text: string; sinceMs: number | undefined } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let held: string[] | undefined;
  const width = () => Math.max(20, (stream.columns ?? 80) - 1);
  const draw = () => {
    if (!shown || held) return;
    frame = (frame + 1) % FRAMES.length;
    const seconds = shown.sinceMs === undefined ? undefined : (Date.now() - shown.sinceMs) / 1000;
    const text = printable(withSeconds(shown.text, seconds));
    stream.write(ERASE_LINE + oneLine(`${FRAMES[frame]} ${text}`, width()));
  };
  const erase = () => {
    if (shown && !held) stream.write(ERASE_LINE);
    clearInterval(timer);
    timer = undefined;
    shown = undefined;
  };
  const show = (text: string, sinceMs: number | undefined) => {
    shown = { text, sinceMs };
    timer ??= setInterval(draw, FRAME_MS).unref();
    draw();
  };
  const line = (text: string) => {
    if (held) return void held.push(text);
    if (shown) stream.write(ERASE_LINE);
    stream.write(`${printable(text)}\n`);
    draw();
  };
  return {
    step: (text, seconds = 0) => show(text, Date.now() - seconds * 1000),
    state: (text) => show(text, undefined),
    line,
    done: erase,
    hold: () => {
      if (shown) stream.write(ERASE_LINE);
      held ??= [];
      return () => {
        const lines = held ?? [];
        held = undefined;
        lines.forEach(line);
      };
    },
  };
}

function plainView(stream: NodeJS.WriteStream): ProgressView {
  let last = '';
  let lastAtMs = Number.NEGATIVE_INFINITY;
  const line = (text: string) => void stream.write(`${printable(text)}\n`);
  const say = (text: string, seconds?: number) => {
    last = text;
    lastAtMs = Date.now();
    line(withSeconds(text, seconds));
  };
  const isDue = () => Date.now() - lastAtMs >= REPEAT_MS;
  return {
    step: (text, seconds) => {
      if (text !== last || isDue()) say(text, seconds);
    },
    state: (text) => {
      if (isDue()) say(text);
    },
    line,
    done: () => undefined,
    hold: () => () => undefined,
  };
}

function withSeconds(text: string, seconds: number | undefined): string {
  return seconds === undefined || seconds < 1 ? text : `${text} (${Math.round(seconds)} s)`;
}
