/** What a user does in a first hour, wherever and as whoever `bga` runs: up, an agent from a shell, one through MCP, down. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectMcp, done, type Place, spawnAgent } from '../mcp/support';
import { BGA, type CommandResult, runProgram } from '../support/product';

const QUESTION = 'Where is cancelAgent?';
const ANSWER = 'stop.ts:1';

export interface LocalFacts {
  supervisor_pid: number;
  server_pid: number;
  worker_pids: number[];
  database: string;
  address: string;
}

export function makeWorkspace(dir: string): string {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'stop.ts'), 'export function cancelAgent() {}\n');
  return dir;
}

function bgaAt({ program, env, workspace }: Place, ...args: string[]): Promise<CommandResult> {
  const [command, ...first] = program ?? [process.execPath, BGA];
  return runProgram(command, [...first, ...args], env, workspace);
}

/** The result of a command that has to go well. */
export async function jsonOf(place: Place, ...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await bgaAt(place, ...args, '--json');
  if (code !== 0) throw new Error(`bga ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return Object(JSON.parse(stdout));
}

export async function localFacts(place: Place): Promise<LocalFacts> {
  const { ok, checks, local } = JSON.parse((await bgaAt(place, 'doctor', '--json')).stdout);
  const failing = checks.filter((check: { ok: boolean }) => !check.ok);
  expect({ ok, failing }).toEqual({ ok: true, failing: [] });
  return local;
}

/** The workspace must be one of `makeWorkspace`. `whileUp` is called before the service goes down again. */
export async function walkThrough(
  place: Place,
  whileUp: (facts: LocalFacts) => Promise<void>,
): Promise<void> {
  try {
    await jsonOf(place, 'up');
    await askFromShell(place);
    await askThroughMcp(place);
    expect((await jsonOf(place, 'list')).agents).toHaveLength(2);
    await whileUp(await localFacts(place));
  } finally {
    expect((await bgaAt(place, 'down')).code).toBe(0);
  }
}

export async function askFromShell(place: Place): Promise<void> {
  const { agent_id: id } = await jsonOf(place, 'spawn', '--type', 'explore', QUESTION);
  await jsonOf(place, 'wait', String(id));
  expect(await jsonOf(place, 'output', String(id))).toMatchObject({
    status: 'completed',
    text: expect.stringContaining(ANSWER),
  });
}

export async function askThroughMcp(place: Place): Promise<void> {
  const mcp = await connectMcp(place);
  try {
    const id = await spawnAgent(mcp, QUESTION);
    await done(mcp, 'agent_wait', { agent_ids: [id], timeout_ms: 50_000 });
    expect(await done(mcp, 'agent_output', { agent_id: id })).toMatchObject({
      status: 'completed',
      text: expect.stringContaining(ANSWER),
    });
  } finally {
    await mcp.close();
  }
}
