import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Cleanup } from '../cleanup';
import { type Row, row, timedMs } from '../figures';
import { say } from '../progress';

const BGA = join(__dirname, '..', '..', 'src', 'cli', 'main.js');

/** From the start of `bga mcp` until a client has the tools, beside a Node.js that does nothing. */
export async function measureColdStart(runs: number, cleanup: Cleanup): Promise<Row[]> {
  say(`tools/list from process start, ${runs} times`);
  // A home without a service: nothing may be started just to say which tools there are.
  const home = mkdtempSync(join(tmpdir(), 'bga-bench-mcp-'));
  cleanup.add(() => rmSync(home, { recursive: true, force: true }));
  const samples: Row['samples'] = { ours: [], beside: [] };
  for (let i = 0; i < runs; i += 1) {
    samples.beside.push(await timedMs(bareNode));
    samples.ours.push(await listTools(home));
  }
  return [
    row({
      what: 'tools/list over stdio, from process start',
      unit: 'ms',
      aim: '< 1000 ms',
      besideWhat: 'node -e 0',
      samples,
    }),
  ];
}

async function bareNode(): Promise<void> {
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
}

async function listTools(home: string): Promise<number> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [BGA, 'mcp'],
    env: { PATH: process.env.PATH ?? '', HOME: home, BGA_HOME: home },
    cwd: home,
    stderr: 'ignore',
  });
  const client = new Client({ name: 'bench', version: '1.0.0' });
  try {
    return await timedMs(async () => {
      await client.connect(transport);
      await client.listTools();
    });
  } finally {
    await client.close();
  }
}
