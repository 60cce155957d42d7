import { attributes } from '../../../workflows/attributes';
import { AGENT_WORKFLOW } from '../../../workflows/messages';
import type { Check } from '../../local';
import type { Temporal } from '../../temporal';

const LOOK_BACK_HOURS = 24;

/** A client that was killed says nothing itself: this explains why its agents have stopped. */
export async function checkSessions({ client, call }: Temporal): Promise<Check> {
  const since = new Date(Date.now() - LOOK_BACK_HOURS * 3_600_000).toISOString();
  const query = `WorkflowType = '${AGENT_WORKFLOW}' AND ${attributes.reason.name} = 'session_lost' AND CloseTime > '${since}'`;
  const { count } = await call(() => client.workflow.count(query));
  const agents = count === 1 ? '1 agent was' : `${count} agents were`;
  const lost = `${agents} stopped in the last ${LOOK_BACK_HOURS} hours because the client was gone (killed, or away too long); what was found stays readable: bga list --all --status killed`;
  return {
    name: 'sessions',
    ok: true,
    detail: count === 0 ? `none lost in the last ${LOOK_BACK_HOURS} hours` : lost,
    fix: '',
  };
}
