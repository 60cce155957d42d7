/** Days as the reader's calendar has them. */

const HOUR_MS = 3_600_000;

export function localDay(atMs: number): string {
  const date = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Every day from the one to the other. Days have 23 to 25 hours, so each is counted from its noon. */
export function daysBetween(fromMs: number, toMs: number): string[] {
  const days: string[] = [];
  const last = localDay(toMs);
  for (let noonMs = new Date(fromMs).setHours(12, 0, 0, 0); ; noonMs = nextNoon(noonMs)) {
    const day = localDay(noonMs);
    if (day > last) return days;
    days.push(day);
  }
}

function nextNoon(noonMs: number): number {
  return new Date(noonMs + 24 * HOUR_MS).setHours(12, 0, 0, 0);
}
