/** How the tool calls of an agent are run: quick ones within its workflow task, others as activities of their own. */
import { defaultPayloadConverter } from '@temporalio/common';
import { kill, output, spawn, status } from '../../src/agents';
import { freeFolder, hangingWorkspace } from '../durability/swarm';
import { inFlight, triedTool } from '../support/activities';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

let models: ModelServer;
let product: Product;

beforeAll(async () => {
  models = await startModelServer();
  product = await startProduct({ modelUrl: models.url, workspace: hangingWorkspace() });
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await models?.stop();
});

const read = { name: 'read_file', input: { path: 'a.txt' } };
const hang = { name: 'search', input: { pattern: 'zebra', path: 'hang' } };

async function start(task: string): Promise<string> {
  return (await spawn(product.agents, { task, agent_type: 'explore' })).agent_id;
}

const ended = (id: string) =>
  until(async () => {
    const now = await status(product.agents, id);
    return now.finished_at ? now.status : undefined;
  }, 60_000);

function opened(open: () => void): boolean {
  try {
    open();
    return true;
  } catch {
    return false;
  }
}

/** Titles as Temporal's Web UI shows them. */
async function callsIn(id: string) {
  const { events } = await product.agents.temporal.client.workflow.getHandle(id).fetchHistory();
  const tried = (events ?? []).flatMap((event) => triedTool(event) ?? []);
  const scheduled = (events ?? []).flatMap((event) => {
    const title = event.userMetadata?.summary;
    const type = event.activityTaskScheduledEventAttributes?.activityType?.name;
    return type === 'callTool' && title ? [defaultPayloadConverter.fromPayload(title)] : [];
  });
  return { tried, scheduled };
}

it('runs a quick call within the workflow task', async () => {
  models.script('quick', [{ tools: [read, { name: 'list_files', input: {} }] }, { text: 'done' }]);
  const id = await start('quick');
  expect(await ended(id)).toBe('completed');
  const { tried, scheduled } = await callsIn(id);
  // In the timeline the Web UI shows the type of a local activity; its summary only in the list of events.
  expect(tried.map(({ type }) => type)).toEqual(['read_file a.txt', 'list_files']);
  expect(tried.map(({ summary }) => summary)).toEqual(['read_file a.txt', 'list_files']);
  // A busy machine may need longer for one than a try may take; then, and only then, it is an activity.
  expect(scheduled).toEqual(tried.filter(({ done }) => !done).map(({ type }) => type));
}, 90_000);

it('leaves a slow call to an activity, which says what it does and is stopped by a kill', async () => {
  models.script('killed', [{ tool: hang }, { text: 'done' }]);
  const id = await start('killed');
  await until(() => inFlight(product.agents, [id], 'callTool'), 60_000);
  const seen = await until(async () => {
    const now = await status(product.agents, id);
    return now.progress.activity.startsWith('search') ? now : undefined;
  });
  expect(seen).toMatchObject({
    status: 'running',
    progress: { turn: 1, activity: 'search zebra path="hang"' },
  });
  await kill(product.agents, id);
  expect(await ended(id)).toBe('killed');
  expect(await callsIn(id)).toEqual({
    tried: [{ type: 'search zebra path="hang"', summary: 'search zebra path="hang"', done: false }],
    scheduled: ['search zebra path="hang"'],
  });
}, 90_000);

it('hands a slow call the time it needs, and records it once', async () => {
  models.script('slow', [{ tool: hang }, { text: 'done' }]);
  const id = await start('slow');
  await until(() => inFlight(product.agents, [id], 'callTool'), 60_000);
  // The search is found started before it has come to read the FIFO.
  await until(() => opened(() => freeFolder(product.workspace)), 60_000);
  expect(await ended(id)).toBe('completed');
  const { text } = await output(product.agents, { agent_id: id, view: 'full' });
  expect(text.split('\n')).toEqual(['[tool] search zebra path="hang" → 1 line', 'done']);
}, 90_000);
