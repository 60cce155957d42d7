import { transcripts } from '../../activities/transcript';
import type { ConversationHead, ConversationSlice, Message } from '../../workflows/contract';

const head: ConversationHead = {
  instructions: '',
  tools: [],
  task: 't',
  workspace: '/w',
  maxOutputTokens: 1,
};
const run = { workflowId: 'a', runId: 'r' };
const conversation = (length: number, epoch = 0): Message[] =>
  Array.from({ length }, (_, index) => ({
    role: 'user',
    blocks: [{ type: 'text', text: `${epoch}/${index}` }],
  }));

/** A workflow whose conversation is as long as anybody asks, and what it was asked. */
function asked(epoch = 0, keptBytes?: number) {
  const queries: [from: number, to: number][] = [];
  const { read, hear, forget } = transcripts(async (_, from, to) => {
    queries.push([from, to]);
    return slice(from, to, epoch);
  }, keptBytes);
  return { queries, read, hear, forget };
}

function slice(from: number, to: number, epoch = 0): ConversationSlice {
  return { head, messages: conversation(to, epoch).slice(from), epoch };
}

it('asks for nothing that it was told', async () => {
  const { queries, read, hear } = asked();
  hear(run, 0, slice(0, 1));
  hear(run, 1, slice(1, 3));
  expect((await read(run, 3, 0)).messages).toEqual(conversation(3));
  expect((await read(run, 1, 0)).messages).toEqual(conversation(1));
  expect(queries).toEqual([]);
});

it('asks for what it was not told', async () => {
  const { queries, read, hear } = asked();
  // As in a process that took the agent over.
  hear(run, 4, slice(4, 6));
  expect((await read(run, 6, 0)).messages).toEqual(conversation(6));
  hear(run, 6, slice(6, 7));
  expect((await read(run, 8, 0)).messages).toEqual(conversation(8));
  expect(queries).toEqual([
    [0, 6],
    [7, 8],
  ]);
});

it('forgets what it was told once the conversation was compacted', async () => {
  const { queries, read, hear } = asked(1);
  hear(run, 0, slice(0, 5));
  hear(run, 0, slice(0, 2, 1));
  hear(run, 5, slice(5, 6));
  expect((await read(run, 3, 1)).messages).toEqual(conversation(3, 1));
  expect(queries).toEqual([[2, 3]]);
});

it('keeps nothing of an agent that has ended', async () => {
  const { queries, read, hear, forget } = asked();
  hear(run, 0, slice(0, 2));
  forget(run);
  await read(run, 2, 0);
  expect(queries).toEqual([[0, 2]]);
});

it('counts tasks among what it keeps: thousands of agents with long ones are not to fill the memory', async () => {
  const { queries, read, hear } = asked(0, 50_000);
  const runs = ['a', 'b', 'c'].map((workflowId) => ({ workflowId, runId: 'r' }));
  for (const each of runs) hear(each, 0, { ...slice(0, 1), head: { ...head, task: 'x'.repeat(20_000) } });
  for (const each of [...runs].reverse()) await read(each, 1, 0);
  expect(queries).toEqual([[0, 1]]);
});
