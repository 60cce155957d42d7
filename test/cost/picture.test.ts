import { picture } from '../../src/cost/picture';

it('is well-formed whatever its labels are, which anybody may have written who shares the namespace', () => {
  const label = '\u001b[2J<b onload="x">&\u0000\u009bevil';
  const drawn = picture(label, [{ heading: label, bars: [{ label, costUsd: 1, figure: label }] }], [label]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what it looks for
  expect(drawn).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(drawn.match(/\[2J&lt;b onload="x">&amp;evil</g)).toHaveLength(6);
});

it('has its remarks below the title, and everything else below them', () => {
  const placesOf = (remarks: string[]) =>
    [...picture('t', [{ heading: 'h', bars: [] }], remarks).matchAll(/ y="(\d+)"/g)].map(([, y]) =>
      Number(y),
    );
  const [title = 0, heading = 0] = placesOf([]);
  expect(placesOf(['one', 'two'])).toEqual([title, title + 18, title + 36, heading + 36]);
});
