import { Context } from '@temporalio/activity';
import { openWorkspace, runTool } from '../../activities/tools';
import { nextStep } from '../script';
import type { MinimalActivities } from './types';

/** The same scripted model and the same `read_file` as ours: what differs is the orchestration. */
export const minimalActivities: MinimalActivities = {
  async callModel(messages) {
    const [first] = messages;
    const task = first?.role === 'user' ? first.text : '';
    const replies = messages.filter((message) => message.role === 'assistant').length;
    const step = await nextStep(task, replies, Context.current().cancellationSignal);
    return { text: step.text, calls: step.call ? [step.call] : [] };
  },

  async callTool(call, root) {
    const workspace = await openWorkspace(root, {});
    const signal = Context.current().cancellationSignal;
    const { text } = await runTool(call.name, call.input, { workspace, signal });
    return { id: call.id, text };
  },
};
