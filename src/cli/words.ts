/** Numbers as people read them. */

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** `0.7 s`, `42 s`, `3 min 5 s`, `24 h`: two units at most. */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1).replace('.0', '')} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < MINUTE_S) return `${seconds} s`;
  if (seconds < HOUR_S) return two(seconds, MINUTE_S, 'min', 1, 's');
  if (seconds <= DAY_S) return two(seconds, HOUR_S, 'h', MINUTE_S, 'min');
  return two(seconds, DAY_S, 'd', HOUR_S, 'h');
}

function two(seconds: number, unitS: number, unit: string, restS: number, rest: string): string {
  const whole = Math.floor(seconds / unitS);
  const left = Math.floor((seconds % unitS) / restS);
  return left === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${left} ${rest}`;
}

/** `950`, `1.2k`, `34k`, `1.2M`. */
export function short(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 999_500) return `${scaled(count / 1_000)}k`;
  return `${scaled(count / 1_000_000)}M`;
}

function scaled(value: number): string {
  return value < 10 ? value.toFixed(1).replace('.0', '') : String(Math.round(value));
}

/** `950 B`, `34 kB`, `1.2 MB`. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  if (count < 999_500) return `${scaled(count / 1_000)} kB`;
  return `${scaled(count / 1_000_000)} MB`;
}

export function dollars(usd: number): string {
  return `$${usd.toFixed(4)}`;
}

/** Without what would move the cursor or recolour a terminal: agents quote files that anybody may have written. */
export function printable(text: string): string {
  return text.replace(CONTROLS, '');
}

// All control characters but tab and line feed.
const CONTROLS = /(?![\t\n])\p{Cc}/gu;
