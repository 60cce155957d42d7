/** Histories that released versions wrote: they must replay for ever. `replayFresh.test.ts` writes those of this one. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import * as workflows from '../../workflows';
import { keptHistories, readHistory, replay } from '../support/histories';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const kept = keptHistories();

it('has histories of every type of workflow', () => {
  const types = kept.map(
    (name) => readHistory(name).events[0].workflowExecutionStartedEventAttributes.workflowType.name,
  );
  expect([...new Set(types)].sort()).toEqual(Object.keys(workflows).sort());
});

it.each(kept)('%s', async (name) => {
  await replay(readHistory(name));
});

it('notices a history that the code would not have written', async () => {
  const history = readHistory('v0.1-answered.json');
  for (const event of history.events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) scheduled.activityType.name = 'callSomethingElse';
  }
  await expect(replay(history)).rejects.toThrow(/[Nn]ondeterminism/);
});
