/** Clients of revision 2026-07-28 with and without tasks, and the public client of tasks. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BGA } from '../../support/product';
import { ROOT } from '../../support/root';
import { type Place, type RawMcp, rawMcp } from '../support';

const TASKS = 'io.modelcontextprotocol/tasks';

type Fields = Record<string, unknown>;

export interface Modern {
  raw: RawMcp;
  /** The whole answer: a result or an error. */
  ask(method: string, params?: Fields): Promise<Fields>;
  result(method: string, params?: Fields): Promise<Fields>;
  /** Spawns in the foreground; the task that comes of it. */
  spawn(task: string, more?: Fields): Promise<Fields>;
  /** Asks again until the task stands so. */
  until(taskId: unknown, status: string): Promise<Fields>;
  close(): Promise<void>;
}

/** What goes over the wire, request by request. */
export function modern(place: Place, capabilities: Fields = { extensions: { [TASKS]: {} } }): Modern {
  const raw = rawMcp(place);
  let lastId = 0;
  const ask: Modern['ask'] = (method, params = {}) => {
    lastId += 1;
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': capabilities,
    };
    raw.send({ jsonrpc: '2.0', id: lastId, method, params: { ...params, _meta } });
    return raw.answerTo(lastId);
  };
  const result: Modern['result'] = async (method, params) => {
    const answer = await ask(method, params);
    if (answer.error) throw new Error(JSON.stringify(answer.error));
    return Object(answer.result);
  };
  return {
    raw,
    ask,
    result,
    spawn: (task, more = {}) =>
      result('tools/call', {
        name: 'agent_spawn',
        arguments: { task, agent_type: 'explore', background: false, ...more },
      }),
    async until(taskId, status) {
      const deadlineMs = Date.now() + 40_000;
      for (;;) {
        const task = await result('tasks/get', { taskId });
        if (task.status === status) return task;
        if (Date.now() > deadlineMs) throw new Error(`Still ${JSON.stringify(task)}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async close() {
      raw.process.stdin?.end();
      await raw.exited;
    },
  };
}

/** Runs `@modelcontextprotocol/ext-tasks` against a server of its own; everything that it saw. */
export async function extTasks(place: Place, wanted: Fields): Promise<Fields[]> {
  const env = JSON.parse(JSON.stringify(place.env));
  const server = { command: process.execPath, args: [BGA, 'mcp'], env, cwd: place.workspace };
  const script = join(ROOT, 'test', 'mcp', 'tasks', 'extTasks.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    JSON.stringify({ server, ...wanted }),
  ]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
