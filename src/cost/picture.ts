/** The cost report as a picture: a bar for each group, and below it one for each tier alone. */
import { svg, svgText } from '../svg';

interface Bar {
  label: string;
  costUsd: number;
  /** Beside the bar. */
  figure: string;
}

export interface Section {
  heading: string;
  bars: readonly Bar[];
}

const WIDTH = 900;
const LABELS = 230;
const RIGHT = 210;
const LINE = 24;
const TOP = 50;
const GAP = 40;
const REMARK = 18;

/** @param remarks below the title */
export function picture(
  title: string,
  sections: readonly Section[],
  remarks: readonly string[] = [],
): string {
  let y = TOP + remarks.length * REMARK;
  const lines = sections.flatMap(({ heading, bars }) => {
    const from = y + LINE;
    y = from + bars.length * LINE + GAP;
    const most = Math.max(...bars.map(({ costUsd }) => costUsd), Number.MIN_VALUE);
    return [
      svgText(12, from - 8, heading, 'faint'),
      ...bars.flatMap((bar, index) => drawn(bar, most, from + index * LINE)),
    ];
  });
  const told = remarks.map((remark, index) => svgText(12, 24 + (index + 1) * REMARK, remark, 'faint'));
  return svg({ width: WIDTH, height: y - GAP + 16, title }, [...told, ...lines]);
}

function drawn({ label, costUsd, figure }: Bar, most: number, y: number): string[] {
  const length = (costUsd / most) * (WIDTH - LABELS - RIGHT);
  const box = `x="${LABELS}" y="${y + 3}" width="${length.toFixed(1)}" height="${LINE - 8}"`;
  return [
    svgText(LABELS - 12, y + 16, label, '', 'end'),
    `<rect ${box} rx="2" class="better"/>`,
    svgText(Number((LABELS + length + 8).toFixed(1)), y + 16, figure, 'faint'),
  ];
}
