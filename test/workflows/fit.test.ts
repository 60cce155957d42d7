import fc from 'fast-check';
import type { AssistantBlock, ModelReply } from '../../workflows/contract';
import { cutJson, fitReply, fitResults, titleOf } from '../../workflows/fit';
import { sizes } from '../../workflows/sizes';
import { jsonBytes } from '../../workflows/text';
import { NO_USAGE } from '../../workflows/usage';

const reply = (blocks: AssistantBlock[], stop: ModelReply['stop'] = 'tool_use'): ModelReply => ({
  blocks,
  stop,
  usage: NO_USAGE,
});
const text = (content: string): AssistantBlock => ({ type: 'text', text: content });
const call = (chars: number, name = 'search'): AssistantBlock => ({
  type: 'tool_use',
  id: 'c',
  name,
  input: { pattern: 'x'.repeat(chars) },
});
const calls = (count: number, chars: number) => Array.from({ length: count }, () => call(chars));

describe('a cut text', () => {
  it('fits, is a beginning of the whole, and never ends inside a character', () => {
    const nasty = fc.array(fc.constantFrom('a', 'é', '日', '😀', '\u0001', '"', '\n'), { maxLength: 300 });
    fc.assert(
      fc.property(nasty, fc.integer({ min: 2, max: 500 }), (parts, maxBytes) => {
        const whole = parts.join('');
        const cut = cutJson(whole, maxBytes);
        expect(jsonBytes(cut)).toBeLessThanOrEqual(maxBytes);
        expect(whole.startsWith(cut)).toBe(true);
        expect(Buffer.from(cut).toString()).toBe(cut);
      }),
    );
  });

  it('is no shorter than it must be where all characters are alike', () => {
    expect(jsonBytes(cutJson('\u0001'.repeat(10_000), 6_000))).toBeGreaterThan(5_900);
  });

  it('is a title of one line that the server takes, whatever it is made of', () => {
    for (const odd of ['\u0001', '😀', '日', 'x'])
      expect(jsonBytes(titleOf(`a\n${odd.repeat(500)}`, 100))).toBeLessThanOrEqual(sizes.titleBytes);
  });
});

describe('a reply', () => {
  it('that fits is left as it is', () => {
    const fine = reply([text('look'), ...calls(5, 100)]);
    expect(fitReply(fine)).toBe(fine);
  });

  it('of too much text is one that was cut off', () => {
    const cut = fitReply(reply([text('日'.repeat(1_000_000))], 'end_turn'));
    expect(cut.stop).toBe('max_tokens');
    expect(jsonBytes(cut.blocks)).toBeLessThanOrEqual(sizes.replyBytes + 10);
    expect(jsonBytes(cut.blocks)).toBeGreaterThan(sizes.replyBytes - 100);
  });

  it('loses a call that is too large, and names it', () => {
    const cut = fitReply(reply([text('look'), call(10), call(1_000_000, 'read_file'), call(10)]));
    expect(cut.blocks).toEqual([text('look'), call(10), call(10)]);
    expect(cut).toMatchObject({ truncatedToolCall: 'read_file', stop: 'tool_use' });
  });

  it('loses calls that are too many, or too large together', () => {
    expect(fitReply(reply(calls(100, 10))).blocks).toHaveLength(sizes.callsPerTurn);
    const large = fitReply(reply(calls(20, 60_000)));
    expect(large.blocks.length).toBeLessThan(9);
    expect(large.truncatedToolCall).toBe('search');
  });

  it('that was stopped stays one that was stopped', () => {
    expect(fitReply(reply([text('x'.repeat(2_000_000))], 'aborted')).stop).toBe('aborted');
  });

  it('always fits, and keeps its order', () => {
    const block = fc.oneof(
      fc.nat(800_000).map((chars) => text('x'.repeat(chars))),
      fc.tuple(fc.nat(90_000), fc.stringMatching(/^[a-z]{8}$/)).map(([chars, name]) => call(chars, name)),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), (blocks) => {
        const { blocks: kept } = fitReply(reply(blocks));
        expect(kept.reduce((sum, each) => sum + jsonBytes(each), 0)).toBeLessThanOrEqual(sizes.replyBytes);
        const left = kept.filter(({ type }) => type === 'tool_use');
        expect(blocks.filter((each) => left.includes(each))).toEqual(left);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the results of a turn', () => {
  const result = (chars: number, char = 'x') => ({ text: char.repeat(chars), isError: false });

  it('that fit together are left as they are', () => {
    const fine = [result(10), result(2_000)];
    expect(fitResults(fine, 3_000)).toEqual(fine);
  });

  it('lose the ends of the longest, and keep the short ones whole', () => {
    const [short, long, longer] = fitResults([result(100), result(5_000), result(9_000)], 3_000);
    expect(short).toEqual(result(100));
    expect(long?.text).toMatch(/^x+\n\(The rest is cut:/);
    expect(longer?.text.length).toBe(long?.text.length);
  });

  it('always fit together', () => {
    const some = fc.array(
      fc
        .tuple(fc.nat(4_000), fc.constantFrom('x', '\u0001', '日'))
        .map(([chars, char]) => result(chars, char)),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(some, fc.integer({ min: 4_000, max: 60_000 }), (results, maxBytes) => {
        const cut = fitResults(results, maxBytes);
        expect(cut.reduce((sum, each) => sum + jsonBytes(each.text), 0)).toBeLessThanOrEqual(
          maxBytes + 4 * cut.length,
        );
        expect(cut).toHaveLength(results.length);
      }),
      { numRuns: 50 },
    );
  });
});
