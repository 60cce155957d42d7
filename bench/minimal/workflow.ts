/**
 * The yardstick: an agent as one would first write it on Temporal. One remote activity for each call of the model
 * and of a tool, on one task queue, with Temporal's defaults. Its one query is there so that its status can be timed.
 */
import { defineQuery, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Message, MinimalActivities, MinimalInput } from './types';

const TIMEOUT = { startToCloseTimeout: '10 minutes' } as const;
const together = proxyActivities<MinimalActivities>(TIMEOUT);
/** Without the short cut that is there where one worker serves workflows and activities on one queue. */
const apart = proxyActivities<MinimalActivities>({ ...TIMEOUT, allowEagerDispatch: false });

export const turnQuery = defineQuery<number>('turn');

export async function minimalAgent({ task, workspace, isApart }: MinimalInput): Promise<string> {
  const { callModel, callTool } = isApart ? apart : together;
  const messages: Message[] = [{ role: 'user', text: task }];
  let turn = 0;
  setHandler(turnQuery, () => turn);
  for (;;) {
    turn += 1;
    const { text, calls } = await callModel(messages);
    if (calls.length === 0) return text;
    const results = await Promise.all(calls.map((call) => callTool(call, workspace)));
    messages.push({ role: 'assistant', text, calls }, { role: 'tools', results });
  }
}
