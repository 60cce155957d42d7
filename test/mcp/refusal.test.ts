import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cleanEnv } from '../support/product';
import { connectMcp, type Mcp } from './support';

let home: string;
let mcp: Mcp;

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'bga-refusal-'));
  mcp = await connectMcp({ env: cleanEnv(home), workspace: home });
});

afterAll(async () => {
  await mcp?.close();
  fs.rmSync(home, { recursive: true, force: true });
});

it('an MCP server is a client of the local service from its start', () => {
  const names = fs.readdirSync(path.join(home, 'clients'));
  expect(names).toEqual([expect.stringMatching(new RegExp(`^${mcp.pid}@`))]);
});

it('a database that a newer server wrote is refused with the way out', async () => {
  fs.writeFileSync(path.join(home, 'temporal.db'), '');
  fs.writeFileSync(path.join(home, 'temporal.db.version'), '99.0.0\n');
  const { isError, text } = await mcp.call('agent_spawn', { task: 'Where is it?' });
  expect(isError).toBe(true);
  expect(text).toMatch(
    /written by Temporal server 99\.0\.0.*older \d+\.\d+\.\d+.*Either install .* or give up/s,
  );
});
