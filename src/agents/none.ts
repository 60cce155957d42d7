/** What is said where a list has no agents: a filter that fits none is no sign that there are none. */
import type { AgentStatus } from '../../workflows/contract';
import type { ListRequest } from './list';
import type { Scope } from './visibility';

const WHERE: Record<Scope, string> = {
  session: ' in this session',
  workspace: ' in this directory',
  all: '',
};
const STANDS: Record<AgentStatus, string> = {
  pending: 'is pending',
  running: 'is running',
  waiting: 'is waiting',
  completed: 'has completed',
  failed: 'has failed',
  killed: 'was killed',
};

/** Nothing when all in scope were asked for: then there are none. */
export function noneFits({ status, agent_type: type, scope = 'workspace', cursor }: ListRequest) {
  const agent = `${type === undefined ? 'agent' : `agent of type ${type}`}${WHERE[scope]}`;
  if (cursor !== undefined) return 'No more agents after this cursor.';
  if (status !== undefined) return `No ${agent} ${STANDS[status]}.`;
  return type === undefined ? undefined : `There is no ${agent}.`;
}
