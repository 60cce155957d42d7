import { echoOf } from '../../../../activities/model/offline/echo';
import { beyondReach, readIntent } from '../../../../activities/model/offline/intent';
import { readTerms } from '../../../../activities/model/offline/terms';
import { inFamily, stem, subwords } from '../../../../activities/model/offline/words';

describe('words', () => {
  it.each([
    ['cancellation', 'cancel'],
    ['cancelled', 'cancel'],
    ['stopped', 'stop'],
    ['retries', 'retry'],
    ['classes', 'class'],
    ['key', 'key'],
    ['constructor', 'constructor'],
    ['passed', 'pass'],
  ])('%s has the stem %s', (word, expected) => expect(stem(word)).toBe(expected));

  it('are found inside names', () => {
    expect(subwords('parseHTTPHeader_v2')).toEqual(['parse', 'http', 'header', 'v2']);
    expect(inFamily('retries', 'retry')).toBe(true);
    expect(inFamily('keyword', 'key')).toBe(false);
  });
});

describe('the terms of a task', () => {
  it('are names, phrases, files and words', () => {
    const task =
      'In `src/app.ts`, how does retryAfter of API_LIMIT treat "too many requests" on re-connection?';
    expect(readTerms(task)).toMatchObject({
      names: ['retryAfter', 'API_LIMIT'],
      phrases: ['too many requests', 're-connection'],
      files: ['src/app.ts'],
      words: ['treat'],
    });
  });

  it('keep the last part of a dotted name', () => {
    expect(readTerms('Find Reader.prototype.skipType').names).toEqual(['skipType']);
  });

  it('are taken from the question of a long task', () => {
    const filler = 'lorem ipsum dolor '.repeat(500);
    expect(readTerms(`${filler}\nWhere is parseHeader defined?\n${filler}`).names).toEqual(['parseHeader']);
  });
});

describe('what a task wants', () => {
  it.each([
    ['Where is foo defined?', 'definitions'],
    ['Where is foo used?', 'uses'],
    ['What calls foo?', 'uses'],
    ['Where is the function called foo?', 'both'],
    ['foo', 'both'],
  ])('%s: %s', (task, intent) => expect(readIntent(task)).toBe(intent));

  it('may be beyond a scout', () => {
    expect(beyondReach('Add a flag to the list command')).toMatch(/cannot write/);
    expect(beyondReach('Audit the login for vulnerabilities')).toMatch(/cannot judge/);
    expect(beyondReach('Where is foo added?')).toBeUndefined();
  });
});

describe('an echo of the task', () => {
  const echoes = echoOf('Where is the cookie of a session stored? Look for "let the cookie jar keep it"');
  it('is no answer', () => expect(echoes("ask('where is the cookie of a session stored')")).toBe(true));
  it('is not what the task quotes', () => expect(echoes('let the cookie jar keep it')).toBe(false));
});
