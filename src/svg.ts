/** What our pictures have in common. They are drawn here because each has one kind of bar: a charting library that runs without a browser is forty megabytes. */

/** Readable on a light and on a dark page. */
const SVG_STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 16px } .faint { fill: #57606a; font-size: 12px }
  .better { fill: #1a7f64 } .worse { fill: #bc4c00 } line { stroke: #8c959f }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .faint { fill: #9198a1 }
    .better { fill: #3fb68b } .worse { fill: #f0883e } line { stroke: #656c76 }
  }`;

export function svgText(x: number, y: number, words: string, kind: string, anchor = 'start'): string {
  return `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

/** @param lines elements below the title */
export function svg(
  { width, height, title }: { width: number; height: number; title: string },
  lines: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(title)}</title>`,
    `<style>${SVG_STYLE}\n</style>`,
    svgText(12, 24, title, 'title'),
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

/** XML has no control characters, whoever wrote the words; one makes the whole picture unreadable. */
function escaped(words: string): string {
  return words
    .replace(/\p{Cc}/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;');
}
