/** What the MCP Inspector, in strict mode, says of every schema: whether all clients and models can make use of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HttpServer, startHttpServer } from '../mcp/httpServer';
import type { Place } from '../mcp/support';
import { BGA, cleanEnv, runProgram } from '../support/product';
import { installedSuites, type Suites } from './suite';

let suites: Suites;
let place: Place;
let http: HttpServer;

beforeAll(async () => {
  suites = await installedSuites();
  const home = mkdtempSync(join(tmpdir(), 'bga-inspector-'));
  // Nothing listens there. The Inspector writes to the home of whoever runs it.
  place = { env: cleanEnv(home, { TEMPORAL_ADDRESS: '127.0.0.1:1', HOME: home }), workspace: home };
  http = await startHttpServer(place);
}, 600_000);

afterAll(async () => {
  await http?.stop();
  rmSync(place.workspace, { recursive: true, force: true });
});

function inspect(...args: string[]) {
  const program = join(
    'node_modules',
    '@modelcontextprotocol',
    'inspector',
    'clients',
    'launcher',
    'build',
    'index.js',
  );
  return runProgram(
    suites.node,
    [join(suites.folder, program), '--cli', ...args],
    place.env,
    place.workspace,
  );
}

/** It hands its own environment on to nobody. */
const variables = () =>
  ['BGA_HOME', 'TEMPORAL_ADDRESS'].flatMap((name) => ['-e', `${name}=${place.env[name]}`]);
const bearer = () => `Authorization: Bearer ${http.token}`;

const targets: [string, () => string[]][] = [
  ['stdio', () => [...variables(), process.execPath, BGA, 'mcp']],
  ['HTTP', () => [http.url, '--transport', 'http', '--header', bearer()]],
];

describe.each(targets)('over %s', (_, target) => {
  it.each(['legacy', 'modern'])('no schema is complained of (%s)', async (era) => {
    const { code, stdout, stderr } = await inspect(
      ...target(),
      '--method',
      'tools/list',
      '--strict',
      '--protocol-era',
      era,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { tools } = JSON.parse(stdout);
    expect(tools.map(({ name }: { name: string }) => name)).toContain('agent_spawn');
  });
});

// At the same time, because it takes as long as connecting to nobody may take.
it('a tool is called over both', async () => {
  const call = ['--method', 'tools/call', '--tool-name', 'agent_list'];
  for (const { stdout } of await Promise.all(targets.map(([, target]) => inspect(...target(), ...call))))
    expect(JSON.parse(stdout)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('127.0.0.1:1') }],
    });
});
