import { Ajv } from 'ajv';
import { agentIdIn, formFor, keyOf, questionsOf, reactionIn } from '../../../src/mcp/questions/form';

const QUESTION = {
  text: 'Which?',
  asked_at: '2026-01-02T03:04:05.006Z',
  answer_by: '2026-01-03T03:04:05.006Z',
};

describe('what agents need', () => {
  it('is a question only when an answer helps', () => {
    const agents = [
      { agent_id: 'a', question: QUESTION },
      { agent_id: 'b', question: { text: 'Fix the key.' } },
      { agent_id: 'c' },
    ];
    expect(questionsOf(agents)).toEqual([{ agentId: 'a', ...QUESTION }]);
  });

  it('has a key that leads back to its agent, and is that of no other question', () => {
    const question = { agentId: 'explore-7m2k9qd4x0tz', ...QUESTION };
    expect(agentIdIn(keyOf(question))).toBe('explore-7m2k9qd4x0tz');
    const later = { ...question, asked_at: '2026-01-02T03:04:05.007Z' };
    expect(keyOf(later)).not.toBe(keyOf(question));
    for (const key of ['', 'x', '/1', 'a/b', 'a/1/2', '__proto__']) expect(agentIdIn(key)).toBeUndefined();
  });

  it('is shown with who asks, what a refusal means, and room for another answer than those offered', () => {
    const form = formFor({ agentId: 'a', ...QUESTION, options: ['x', 'y'] });
    expect(form.message).toMatch(/agent a asks:\n\nWhich\?\n\n.*decline.*2026-01-03T03:04:05.006Z/s);
    expect(Object.keys(form.requestedSchema.properties)).toEqual(['choice', 'answer']);
    expect(formFor({ agentId: 'a', ...QUESTION }).requestedSchema).toMatchObject({ required: ['answer'] });
  });

  it('is shown with a schema that validators take, also when a choice was given twice', () => {
    const { requestedSchema } = formFor({ agentId: 'a', ...QUESTION, options: ['x', 'y', 'x'] });
    expect(new Ajv().validateSchema(requestedSchema)).toBe(true);
    expect(requestedSchema).toMatchObject({ properties: { choice: { enum: ['x', 'y'] } } });
  });
});

describe('what a client sends back', () => {
  it.each([
    [
      { action: 'accept', content: { answer: ' x ' } },
      { kind: 'answered', text: 'x' },
    ],
    [
      { action: 'accept', content: { choice: 'x' } },
      { kind: 'answered', text: 'x' },
    ],
    [
      { action: 'accept', content: { choice: 'x', answer: 'but' } },
      { kind: 'answered', text: 'x\nbut' },
    ],
    [
      { action: 'accept', content: { choice: 3, answer: 'but' } },
      { kind: 'answered', text: 'but' },
    ],
    [{ action: 'decline', content: { answer: 'x' } }, { kind: 'declined' }],
    [{ action: 'cancel' }, { kind: 'dismissed' }],
  ])('%j', (sent, reaction) => {
    expect(reactionIn(sent)).toEqual(reaction);
  });

  it.each([
    undefined,
    null,
    'yes',
    [],
    {},
    { action: 'accept' },
    { action: 'accept', content: null },
    { action: 'accept', content: { answer: ' ' } },
    { action: 'accept', content: JSON.parse('{"__proto__":{"answer":"x"}}') },
    { action: 'perhaps', content: { answer: 'x' } },
  ])('%j is no answer', (sent) => {
    expect(reactionIn(sent)).toEqual({ kind: 'dismissed' });
  });
});
