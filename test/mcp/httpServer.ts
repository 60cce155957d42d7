/** The built `bga mcp --http` as a process of its own, and clients of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { BGA, runBga, until } from '../support/product';
import { callsOf, type Mcp, type Place } from './support';

export interface HttpServer {
  url: string;
  /** Of the caller `default`. */
  token: string;
  process: ChildProcess;
  stderr(): string;
  exited: Promise<number | null>;
  stop(): Promise<void>;
}

export async function startHttpServer(
  place: Place,
  extraEnv: Record<string, string> = {},
): Promise<HttpServer> {
  const env = { ...place.env, ...extraEnv };
  keepApart(String(env.BGA_HOME));
  const { stdout: token } = await runBga(env, place.workspace, 'mcp', '--http', '--show-token');
  return { ...(await serve(place, env)), token: token.trim() };
}

/** As if it had been there before: other tests, at the same time, start where the product does. */
function keepApart(home: string): void {
  const file = join(home, 'http-port.json');
  if (existsSync(file)) return;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify({ port: randomInt(20_000, 32_000) }));
}

/** With the tokens that are there. */
async function serve({ workspace }: Place, env: NodeJS.ProcessEnv): Promise<Omit<HttpServer, 'token'>> {
  const child = spawn(process.execPath, [BGA, 'mcp', '--http', '--json'], {
    env,
    cwd: workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exited = once(child, 'exit').then(([code]): number | null => code);
  const started = await until(() => stdout.includes('}') || child.exitCode !== null);
  if (!started || child.exitCode !== null) throw new Error(`bga mcp --http has ended: ${stderr}`);
  return {
    url: String(JSON.parse(stdout).url),
    process: child,
    stderr: () => stderr,
    exited,
    stop: async () => {
      if (child.exitCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

type Negotiation = NonNullable<ConstructorParameters<typeof Client>[1]>['versionNegotiation'];

export interface HttpMcp {
  client: Client;
  transport: StreamableHTTPClientTransport;
  call: Mcp['call'];
  close(): Promise<void>;
}

/** The SDK's own client; by default it initializes as one of 2025 does. */
export async function connectHttp(
  { url, token }: Pick<HttpServer, 'url' | 'token'>,
  versionNegotiation?: Negotiation,
): Promise<HttpMcp> {
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  const client = new Client(
    { name: 'test', version: '1' },
    versionNegotiation === undefined ? {} : { versionNegotiation },
  );
  await client.connect(transport);
  return {
    client,
    transport,
    call: callsOf(client),
    close: () => client.close(),
  };
}

/** What goes over the wire, with no SDK between: the answer to one request, whether as JSON or as an event. */
export async function post(
  { url, token }: Pick<HttpServer, 'url' | 'token'>,
  message: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(message),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('text/event-stream')
    ? text
        .split('\n')
        .findLast((line) => line.startsWith('data: {'))
        ?.slice('data: '.length)
    : text;
  return { status: response.status, headers: response.headers, body: json ? Object(JSON.parse(json)) : {} };
}
