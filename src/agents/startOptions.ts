/** What every run of an agent that is begun from outside is started with. */
import { titleOf } from '../../workflows/fit';
import { taskQueues } from '../../workflows/queues';
import { priorityOf, type Urgency } from './priority';

/** Of the task, in Temporal's Web UI. */
const TITLE_CHARS = 100;

export function startOptions(of: { agentId: string; task: string; session: string; urgency: Urgency }) {
  return {
    workflowId: of.agentId,
    taskQueue: taskQueues.agents,
    staticSummary: titleOf(withoutMarkup(of.task), TITLE_CHARS),
    priority: priorityOf(of.session, of.urgency),
    // Half of the usual: a task that a killed worker had is given to the next one after this.
    workflowTaskTimeout: '5s' as const,
  };
}

/**
 * The Web UI takes it for Markdown, of a kind that allows spaces. Nothing that somebody wrote is to become a picture there, or a link
 * that says something else than where it leads.
 */
function withoutMarkup(text: string): string {
  return text.replace(/\](?=\s*[([:])/g, '] ·').replace(/!(?=\[)|<(?=[a-z/!?])/gi, '$& ');
}
