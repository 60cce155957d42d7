/**
 * The comparison as a picture: how many times better than the minimal workflow each figure is, on a scale of doublings.
 */
import { svg, svgText } from '../src/svg';
import type { Recorded, Row } from './figures';
import { figure } from './table';

const WIDTH = 900;
const LABELS = 330;
const RIGHT = 190;
const LINE = 26;
const TOP = 64;
const BOTTOM = 40;
/** Doublings shown to either side; what is beyond ends in the margin. */
const DOUBLINGS = 4;
const MIDDLE = LABELS + (WIDTH - LABELS - RIGHT) / 2;
const DOUBLING = (WIDTH - LABELS - RIGHT) / 2 / DOUBLINGS;

export function plot({ rows, ...where }: Recorded): string {
  const shown = rows.filter((row) => row.besideWhat === 'minimal' && row.ratio > 0);
  const height = TOP + shown.length * LINE + BOTTOM;
  const bottom = height - BOTTOM;
  return svg({ width: WIDTH, height, title: 'Our agents beside a minimal Temporal workflow' }, [
    svgText(
      12,
      44,
      `${where.date.slice(0, 10)}, commit ${where.commit}; ${where.machine}, load ${where.loadAverage}`,
      'faint',
    ),
    ...scale(bottom),
    ...shown.flatMap((row, index) => bar(row, TOP + index * LINE)),
    svgText(
      LABELS,
      height - 10,
      'left: the minimal one is better · right: ours is better · figures: ours / minimal',
      'faint',
    ),
  ]);
}

/** Of times, memory and work, less is better. */
function timesBetter({ unit, ratio }: Row): number {
  return unit === '1/s' ? ratio : 1 / ratio;
}

function scale(bottom: number): string[] {
  const marks = Array.from({ length: 2 * DOUBLINGS + 1 }, (_, index) => index - DOUBLINGS);
  return marks.flatMap((mark) => {
    const x = MIDDLE + mark * DOUBLING;
    const opacity = mark === 0 ? 1 : 0.3;
    const label = mark === 0 ? 'same' : `${2 ** Math.abs(mark)}×`;
    return [
      `<line x1="${x}" x2="${x}" y1="${TOP - 4}" y2="${bottom}" opacity="${opacity}"/>`,
      svgText(x, bottom + 15, label, 'faint', 'middle'),
    ];
  });
}

function bar(row: Row, y: number): string[] {
  const better = timesBetter(row);
  const length = Math.min(DOUBLINGS, Math.abs(Math.log2(better))) * DOUBLING;
  const x = better >= 1 ? MIDDLE : MIDDLE - length;
  const box = `x="${x.toFixed(1)}" y="${y + 4}" width="${Math.max(1, length).toFixed(1)}" height="${LINE - 10}"`;
  return [
    svgText(LABELS - 12, y + 17, row.what.trim(), '', 'end'),
    `<rect ${box} rx="2" class="${better >= 1 ? 'better' : 'worse'}"/>`,
    svgText(
      WIDTH - 12,
      y + 17,
      `${figure(row.ours, row.unit)} / ${figure(row.beside, row.unit)}`,
      'faint',
      'end',
    ),
  ];
}
