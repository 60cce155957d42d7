/** Clients of revision 2026-07-28 with and without tasks, and the public client of tasks. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BGA } from '../../support/product';
import { ROOT } from '../../support/root';
import { type HttpServer, post } from '../httpServer';
import { type Place, type RawMcp, rawMcp } from '../support';

const TASKS = 'io.modelcontextprotocol/tasks';
const REVISION = '2026-07-28';

type Fields = Record<string, unknown>;

export interface Modern {
  /** The whole answer: a result or an error. */
  ask(method: string, params?: Fields): Promise<Fields>;
  result(method: string, params?: Fields): Promise<Fields>;
  /** Spawns in the foreground; the task that comes of it. */
  spawn(task: string, more?: Fields): Promise<Fields>;
  /** Asks again until the task stands so. */
  until(taskId: unknown, status: string): Promise<Fields>;
}

export interface ModernStdio extends Modern {
  raw: RawMcp;
  close(): Promise<void>;
}

const DECLARED: Fields = { extensions: { [TASKS]: {} } };

/** What goes over the wire, request by request. */
export function modern(place: Place, capabilities = DECLARED): ModernStdio {
  const raw = rawMcp(place);
  return {
    ...over(capabilities, (request) => {
      raw.send(request);
      return raw.answerTo(request.id);
    }),
    raw,
    async close() {
      raw.process.stdin?.end();
      await raw.exited;
    },
  };
}

/** The same over HTTP. */
export function modernHttp(server: Pick<HttpServer, 'url' | 'token'>, capabilities = DECLARED): Modern {
  return over(capabilities, async (request) => {
    const { method, params } = request;
    const name = params.name ?? params.taskId;
    const headers = {
      'mcp-protocol-version': REVISION,
      'mcp-method': method,
      ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
    };
    return (await post(server, request, headers)).body;
  });
}

interface Request {
  jsonrpc: '2.0';
  id: number;
  method: string;
  params: Fields;
}

function over(capabilities: Fields, send: (request: Request) => Promise<Fields>): Modern {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  let lastId = 0;
  const ask: Modern['ask'] = (method, params = {}) => {
    lastId += 1;
    return send({ jsonrpc: '2.0', id: lastId, method, params: { ...params, _meta } });
  };
  const result: Modern['result'] = async (method, params) => {
    const answer = await ask(method, params);
    if (answer.error) throw new Error(JSON.stringify(answer.error));
    return Object(answer.result);
  };
  return {
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

/** A look at a task but for the marks around what an agent wrote, which are new at each look. */
export function unmarked(task: Fields): Fields {
  return JSON.parse(JSON.stringify(task).replace(/\b[0-9a-f]{12}\b/g, 'mark'));
}
