import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Ended, ReopeningActivities } from '../workflows/reopening';
import { runOf } from './callModel';
import type { RunId } from './transcript';

export interface RecallDeps {
  /** What an agent's last run before this one was, if that is still kept: `ended` is where its sender saw it end. */
  recallAgent: (run: RunId, ended: string) => Promise<Ended | undefined>;
}

export function createRecall({ recallAgent }: RecallDeps): ReopeningActivities['recall'] {
  return async (ended) => {
    const found = await recallAgent(runOf(Context.current()), ended);
    if (found) return found;
    throw ApplicationFailure.nonRetryable(
      'What it was is no longer kept: the server has deleted the run that had ended. Spawn a new agent.',
    );
  };
}
