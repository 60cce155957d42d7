/** The built `bga mcp` as a client sees it: through the MCP SDK's own client, or line by line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Client, type Progress } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { BGA } from '../support/product';

/** What every client is to be shown, in this order. */
export const TOOLS = [
  'agent_spawn',
  'agent_spawn_many',
  'agent_status',
  'agent_output',
  'agent_wait',
  'agent_send',
  'agent_kill',
  'agent_list',
];

export interface Place {
  env: NodeJS.ProcessEnv;
  workspace: string;
  /** What `bga` is here; default: this checkout's, on the Node that runs the tests. */
  program?: readonly [string, ...string[]];
}

export interface Reply {
  isError: boolean;
  text: string;
  /** The structured result; empty for an error. */
  data: Record<string, unknown>;
}

export interface Mcp {
  client: Client;
  pid: number;
  /** What the server wrote to stderr so far. */
  stderr(): string;
  call(
    name: string,
    args?: Record<string, unknown>,
    onprogress?: (progress: Progress) => void,
  ): Promise<Reply>;
  close(): Promise<void>;
}

type Negotiation = NonNullable<ConstructorParameters<typeof Client>[1]>['versionNegotiation'];

export async function connectMcp(
  place: Place,
  extraEnv: Record<string, string> = {},
  versionNegotiation?: Negotiation,
): Promise<Mcp> {
  const [command, ...args] = place.program ?? [process.execPath, BGA];
  const env = stringsOf({ ...place.env, ...extraEnv });
  return connectTo({ command, args: [...args, 'mcp'], env, cwd: place.workspace }, versionNegotiation);
}

/** The server that is started so, as a client's configuration says it. */
export async function connectTo(
  server: { command: string; args: string[]; env: Record<string, string>; cwd: string },
  versionNegotiation?: Negotiation,
): Promise<Mcp> {
  const transport = new StdioClientTransport({ ...server, stderr: 'pipe' });
  let stderr = '';
  transport.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const client = new Client(
    { name: 'test', version: '1' },
    versionNegotiation === undefined ? {} : { versionNegotiation },
  );
  await client.connect(transport);
  return {
    client,
    pid: transport.pid ?? 0,
    stderr: () => stderr,
    call: callsOf(client),
    close: () => client.close(),
  };
}

export function callsOf(client: Client): Mcp['call'] {
  return async (name, args = {}, onprogress) => {
    const options = { timeout: 60_000, ...(onprogress ? { onprogress } : {}) };
    return replyOf(await client.callTool({ name, arguments: args }, options));
  };
}

export function replyOf(result: unknown): Reply {
  const { isError, content, structuredContent } = Object(result);
  const first = Array.isArray(content) ? Object(content[0]) : {};
  return { isError: isError === true, text: String(first.text ?? ''), data: Object(structuredContent ?? {}) };
}

/** A call that has to go well; the structured result. */
export async function done(
  mcp: Mcp,
  name: string,
  args: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const { isError, text, data } = await mcp.call(name, args);
  if (isError) throw new Error(text);
  return data;
}

export async function spawnAgent(
  mcp: Mcp,
  task: string,
  more: Record<string, unknown> = {},
): Promise<string> {
  return String((await done(mcp, 'agent_spawn', { task, agent_type: 'explore', ...more })).agent_id);
}

function stringsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

export interface RawMcp {
  process: ChildProcess;
  /** Every line of stdout so far, as it came. */
  lines: string[];
  send(message: object | string): void;
  /** The answer to a request, parsed. */
  answerTo(id: number): Promise<Record<string, unknown>>;
  exited: Promise<number | null>;
}

export function rawMcp(place: Place, extraEnv: Record<string, string> = {}): RawMcp {
  const child = spawn(process.execPath, [BGA, 'mcp'], {
    env: { ...place.env, ...extraEnv },
    cwd: place.workspace,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = `${rest}${chunk}`.split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  child.stderr.resume();
  return {
    process: child,
    lines,
    send: (message) =>
      child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`),
    async answerTo(id) {
      const deadlineMs = Date.now() + 30_000;
      for (;;) {
        const found = lines.map((line) => Object(JSON.parse(line))).find((message) => message.id === id);
        if (found) return found;
        if (Date.now() > deadlineMs) throw new Error(`No answer to ${id}: ${lines.join('\n').slice(0, 500)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    exited: new Promise((resolve) => child.once('exit', resolve)),
  };
}
