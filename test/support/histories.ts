/** Histories kept in `test/histories`, and how one is replayed and kept. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import type { AgentsContext } from '../../src/agents/context';
import { dataConverterOf, NO_KEYS } from '../../src/codec';
import { WORKFLOW_BUNDLE } from './bundle';
import { ROOT } from './root';

const FOLDER = join(ROOT, 'test', 'histories');

export function keptHistories(): string[] {
  return readdirSync(FOLDER).filter((name) => /\.json(\.gz)?$/.test(name));
}

export function readHistory(name: string) {
  const bytes = readFileSync(join(FOLDER, name));
  return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
}

/** As any worker without a key. */
const dataConverter = dataConverterOf({ compression: true }, NO_KEYS);

export function replay(history: unknown): Promise<void> {
  return Worker.runReplayHistory(
    { workflowBundle: { codePath: WORKFLOW_BUNDLE }, dataConverter, replayName: 'replay' },
    history,
  );
}

/**
 * Replays every run of a workflow, and keeps them with RECORD_HISTORIES=1.
 * @param runIds oldest first
 */
export async function replayRuns(
  { temporal }: AgentsContext,
  name: string,
  workflowId: string,
  runIds: readonly string[],
): Promise<void> {
  for (const [index, runId] of runIds.entries()) {
    const history = await temporal.client.workflow.getHandle(workflowId, runId).fetchHistory();
    await replay(history);
    if (!process.env.RECORD_HISTORIES) continue;
    mkdirSync(FOLDER, { recursive: true });
    // Of the machine that recorded it, nothing stays. Elsewhere its name may be a part of what is encoded.
    const anonymous = historyToJSON(history).replaceAll(`@${hostname()}`, '@host');
    const part = runIds.length > 1 ? `-${index + 1}` : '';
    writeFileSync(join(FOLDER, `${name}${part}.json`), `${anonymous}\n`);
  }
}
