/**
 * Histories of the shapes an agent's workflow can take. The committed ones were written by released versions and must
 * replay for ever; fresh ones are replayed as well, and written to `test/histories` with RECORD_HISTORIES=1.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { kill, resume, spawn, status } from '../../src/agents';
import type { AgentsContext } from '../../src/agents/context';
import { dataConverterOf, NO_KEYS } from '../../src/codec';
import type { HistoryLimits } from '../../workflows/contract';
import { runIdsOf } from '../support/activities';
import { WORKFLOW_BUNDLE } from '../support/bundle';
import { type ModelServer, startModelServer } from '../support/modelServer';
import { type Product, startProduct, until } from '../support/product';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const HISTORIES = join(__dirname, '..', 'histories');
const committed = readdirSync(HISTORIES).filter((name) => /\.json(\.gz)?$/.test(name));

function readHistory(name: string) {
  const bytes = readFileSync(join(HISTORIES, name));
  return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
}

/** As any worker without a key. */
const dataConverter = dataConverterOf({ compression: true }, NO_KEYS);
const replay = (history: unknown) =>
  Worker.runReplayHistory(
    { workflowBundle: { codePath: WORKFLOW_BUNDLE }, dataConverter, replayName: 'replay' },
    history,
  );

describe('replays', () => {
  it('has histories to replay', () => {
    expect(committed.length).toBeGreaterThanOrEqual(6);
  });

  it.each(committed)('%s', async (name) => {
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
});

describe('fresh histories replay', () => {
  let models: ModelServer;
  let product: Product;
  let release: () => void = () => undefined;
  const held = new Promise<{ text: string }>((resolve) => {
    release = () => resolve({ text: 'late' });
  });

  beforeAll(async () => {
    models = await startModelServer();
    product = await startProduct({
      modelUrl: models.url,
      env: { BGA_MODEL_PROBE_MS: '300', BGA_FALLBACK_TO: 'opus=haiku', BGA_FALLBACK_AFTER_MS: '1000' },
    });
    writeFileSync(join(product.workspace, 'a.txt'), 'alpha\n');
  }, 120_000);

  afterAll(async () => {
    release();
    await product?.stop();
    await models?.stop();
  });

  const read = { name: 'read_file', input: { path: 'a.txt' } };
  interface Shape {
    prepare: () => void;
    limits?: object;
    /** Of the agent's context: small ones bring about early what long agents come to. */
    bounds?: { historyLimits?: HistoryLimits; contextTokens?: number };
    stop?: boolean;
    /** Cuts the rest after a failed call short. */
    resume?: boolean;
    ending: string;
    /** The first version that writes it. */
    since?: string;
  }
  const shapes: Record<string, Shape> = {
    answered: {
      prepare: () =>
        models.script('answered', [{ tools: [read, { name: 'list_files', input: {} }] }, { text: 'done' }]),
      ending: 'completed',
    },
    'max-turns': {
      prepare: () =>
        models.script('max-turns', (turn) => ({ tool: { name: 'search', input: { pattern: `p${turn}` } } })),
      limits: { max_turns: 2 },
      ending: 'failed',
    },
    timeout: {
      prepare: () => models.script('timeout', () => held),
      limits: { timeout_ms: 1_000 },
      ending: 'failed',
    },
    killed: { prepare: () => models.script('killed', () => held), stop: true, ending: 'killed' },
    waited: {
      prepare: () => {
        models.script('waited', [{ text: 'let in' }]);
        models.fail({ marker: 'waited', status: 401, type: 'authentication_error', times: 2 });
      },
      ending: 'completed',
    },
    'unknown-tool': {
      prepare: () =>
        models.script('unknown-tool', [{ tool: { name: 'nope', input: {} } }, { text: '' }, { text: '' }]),
      ending: 'failed',
    },
    resumed: {
      prepare: () => {
        models.script('resumed', [{ text: 'woken' }]);
        models.fail({ marker: 'resumed', status: 429, retryAfterS: 600 });
      },
      resume: true,
      ending: 'completed',
      since: 'v0.2',
    },
    'fallen-back': {
      prepare: () => {
        models.script('fallen-back', [{ text: 'second best' }]);
        models.fail({ marker: 'fallen-back', status: 529, times: 2 });
      },
      limits: { model: 'opus' },
      ending: 'completed',
      since: 'v0.2',
    },
    continued: {
      prepare: () =>
        models.script('continued', (turn) =>
          turn === 4 ? { text: 'done' } : { tool: { name: 'search', input: { pattern: `p${turn}` } } },
        ),
      bounds: { historyLimits: { events: 20, bytes: 1_000_000 } },
      ending: 'completed',
      since: 'v0.2',
    },
    compacted: {
      prepare: () => {
        let turn = 0;
        models.script('compacted', (_, request) => {
          if (JSON.stringify(request.messages).includes('<transcript>')) return { text: 'notes' };
          turn += 1;
          return turn === 8
            ? { text: 'done' }
            : { text: 'said much. '.repeat(500), tool: { name: 'search', input: { pattern: `p${turn}` } } };
        });
      },
      bounds: { contextTokens: 8_000 },
      ending: 'completed',
      since: 'v0.2',
    },
  };

  /** As this test's own agents, within smaller bounds. */
  function bounded({ historyLimits, contextTokens }: Shape['bounds'] = {}): AgentsContext {
    const { agents } = product;
    return {
      ...agents,
      ...(historyLimits === undefined ? {} : { historyLimits }),
      ...(contextTokens === undefined
        ? {}
        : { config: { ...agents.config, contextTokens: { 'claude-haiku-5-5': contextTokens } } }),
    };
  }

  it.each(Object.keys(shapes))(
    '%s',
    async (name) => {
      const shape = shapes[name];
      if (!shape) throw new Error(name);
      shape.prepare();
      const { agent_id } = await spawn(bounded(shape.bounds), {
        task: name,
        agent_type: 'explore',
        ...shape.limits,
      });
      if (shape.stop) {
        await until(async () => (await status(product.agents, agent_id)).status === 'running');
        await until(() => models.requests(name).length > 0);
        await kill(product.agents, agent_id);
      }
      if (shape.resume)
        await until(async () => (await resume(product.agents, [agent_id])).agents[0]?.resumed, 60_000);
      const ended = await until(async () => {
        const now = await status(product.agents, agent_id);
        return now.finished_at ? now.status : undefined;
      }, 60_000);
      expect(ended).toBe(shape.ending);
      const runIds = (await runIdsOf(product.agents, agent_id)).reverse();
      expect(runIds.length > 1).toBe(shape.bounds?.historyLimits !== undefined);
      for (const [index, runId] of runIds.entries()) {
        const history = await product.agents.temporal.client.workflow
          .getHandle(agent_id, runId)
          .fetchHistory();
        await replay(history);
        if (process.env.RECORD_HISTORIES) {
          mkdirSync(HISTORIES, { recursive: true });
          // Of the machine that recorded it, nothing stays. Elsewhere its name may be a part of what is encoded.
          const anonymous = historyToJSON(history).replaceAll(`@${hostname()}`, '@host');
          const part = runIds.length > 1 ? `-${index + 1}` : '';
          const file = `${shape.since ?? 'v0.1'}-${name}${part}.json`;
          writeFileSync(join(HISTORIES, file), `${anonymous}\n`);
        }
      }
    },
    90_000,
  );
});
