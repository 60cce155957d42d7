/** The one line at the bottom of the terminal that says what goes on; plain lines where there is no terminal. */
import { oneLine } from '../../workflows/text';

export interface ProgressView {
  /** Shows a state, in place of the last one. */
  step(text: string, elapsedSeconds?: number): void;
  /** Prints a line that stays. */
  line(text: string): void;
  /** Clears the state's line. */
  done(): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const ERASE_LINE = '\r\u001b[2K';
/** Without a terminal a state that lasts is repeated this often, so that a log shows that it goes on. */
const REPEAT_SECONDS = 15;

export function progressView(options: { animated: boolean; env: NodeJS.ProcessEnv }): ProgressView {
  const { stderr } = process;
  const animated =
    options.animated && stderr.isTTY === true && !options.env.NO_COLOR && options.env.TERM !== 'dumb';
  return animated ? animatedView(stderr) : options.animated ? plainView(stderr) : silentView(stderr);
}

function animatedView(stream: NodeJS.WriteStream): ProgressView {
  let frame = 0;
  let shown = false;
  const erase = () => {
    if (shown) stream.write(ERASE_LINE);
    shown = false;
  };
  return {
    step(text, elapsedSeconds) {
      frame = (frame + 1) % FRAMES.length;
      const line = `${FRAMES[frame]} ${withSeconds(text, elapsedSeconds)}`;
      stream.write(ERASE_LINE + oneLine(line, Math.max(20, (stream.columns ?? 80) - 1)));
      shown = true;
    },
    line(text) {
      erase();
      stream.write(`${text}\n`);
    },
    done: erase,
  };
}

function plainView(stream: NodeJS.WriteStream): ProgressView {
  let last = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    step(text, elapsedSeconds) {
      const at = elapsedSeconds ?? 0;
      if (text === last && at - lastAt < REPEAT_SECONDS) return;
      last = text;
      lastAt = at;
      stream.write(`${withSeconds(text, elapsedSeconds)}\n`);
    },
    line: (text) => stream.write(`${text}\n`),
    done: () => undefined,
  };
}

function silentView(stream: NodeJS.WriteStream): ProgressView {
  return { step: () => undefined, line: (text) => stream.write(`${text}\n`), done: () => undefined };
}

function withSeconds(text: string, seconds: number | undefined): string {
  return seconds === undefined || seconds < 1 ? text : `${text} (${Math.round(seconds)} s)`;
}
