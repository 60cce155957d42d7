/** What users get: the packed package, installed with npm into an empty folder. */
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Installed, installedPackage } from '../support/installed';
import { cleanEnv } from '../support/product';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');
let installed: Installed;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'bga-package-'));
  installed = await installedPackage();
}, 300_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

const inPackage = (...names: string[]) =>
  join(installed.folder, 'node_modules', 'background-agents', ...names);

describe('the packed package', () => {
  it('holds what runs, the public types and the documents, and nothing else', async () => {
    const { stdout } = await run('tar', ['-tzf', installed.tarball]);
    const files = stdout
      .trim()
      .split('\n')
      .map((path) => path.replace(/^package\//, ''));
    const code = files.filter((path) => /^dist\/(src|activities|workflows)\/.*\.js$/.test(path));
    expect(files.filter((path) => !code.includes(path)).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/src/agents/errors.d.ts',
      'dist/src/agents/inputs.d.ts',
      'dist/src/agents/results.d.ts',
      'dist/src/config/error.d.ts',
      'dist/src/index.d.ts',
      'dist/workflow-bundle-encrypted.js',
      'dist/workflow-bundle.js',
      'dist/workflows/contract.d.ts',
      'package.json',
    ]);
    expect(code).toContain('dist/src/cli/main.js');
  });

  it('needs no install script of its own, and of its dependencies only two that do nothing here', () => {
    const lock = JSON.parse(readFileSync(join(installed.folder, 'package-lock.json'), 'utf8'));
    const withScripts = Object.keys(lock.packages).filter((path) => lock.packages[path].hasInstallScript);
    // Both only look whether all is there. A new name here may break installations without scripts.
    expect(withScripts.map((path) => path.replace(/.*node_modules\//, '')).sort()).toEqual([
      '@swc/core',
      'protobufjs',
    ]);
  });

  it('has its programs where npx finds them', () => {
    for (const name of ['bga', 'background-agents'])
      accessSync(join(installed.folder, 'node_modules', '.bin', name), constants.X_OK);
  });
});

describe('a program', () => {
  const source = `
    import { connect, UserError, type BackgroundAgents, type SpawnRequest, type StatusResult } from 'background-agents';
    const request: SpawnRequest = { task: 'x', agent_type: 'explore', lifetime: 'detached' };
    export async function use(): Promise<string> {
      const agents: BackgroundAgents = await connect({ workspace: '.', onProgress: ({ text }) => { text.trim(); } });
      try {
        const { agent_id, poll_after_ms } = await agents.spawn(request);
        poll_after_ms.toFixed();
        await agents.wait({ agent_ids: [agent_id] });
        const status: StatusResult = await agents.status({ agent_id });
        if ((await agents.status(agent_id)).status !== status.status) return 'it went on';
        if (status.reason === 'max_turns') return status.usage.cost_usd.toFixed();
        // @ts-expect-error there is no such reason
        if (status.reason === 'bored') return '';
        return (await agents.output({ agent_id, filter: 'x' })).text;
      } catch (error) {
        if (error instanceof UserError && error.kind === 'unreachable') return error.message;
        throw error;
      } finally {
        await agents.close();
      }
    }
    // @ts-expect-error a task is needed
    export const wrong: SpawnRequest = {};
  `;

  it('in TypeScript compiles against it, as a module and as CommonJS', async () => {
    const dir = join(installed.folder, 'consumer');
    mkdirSync(dir, { recursive: true });
    for (const name of ['module.mts', 'common.cts']) writeFileSync(join(dir, name), source);
    const compilerOptions = {
      module: 'node16',
      moduleResolution: 'node16',
      target: 'es2022',
      strict: true,
      noEmit: true,
      types: [],
    };
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*'] }));
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', dir]).catch((error) => error);
    expect(stdout).toBe('');
  }, 120_000);

  it('can require and import it', async () => {
    const named = (code: string, ...flags: string[]) =>
      run(process.execPath, [...flags, '-e', code], { cwd: installed.folder });
    const required = await named(`console.log(Object.keys(require('background-agents')).join())`);
    expect(required.stdout.trim().split(',').sort()).toEqual(['ConfigError', 'UserError', 'connect']);
    const imported = await named(
      `import { connect, UserError } from 'background-agents'; console.log(typeof connect, typeof UserError)`,
      '--input-type=module',
    );
    expect(imported.stdout.trim()).toBe('function function');
  });
});

describe('starting', () => {
  /** The packages whose code a process has loaded by its end, and our own folders. */
  async function loadedBy(args: string[], stdin = ''): Promise<string[]> {
    const hook = join(home, 'loaded.js');
    const report = join(home, 'loaded.json');
    writeFileSync(
      hook,
      `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(report)}, JSON.stringify(Object.keys(require.cache))));`,
    );
    const program = run(
      process.execPath,
      ['--require', hook, inPackage('dist', 'src', 'cli', 'main.js'), ...args],
      {
        env: cleanEnv(home),
        cwd: home,
      },
    );
    program.child.stdin?.end(stdin);
    await program;
    const files: string[] = JSON.parse(readFileSync(report, 'utf8'));
    const names = files.map((file) => file.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? '');
    return [...new Set(names)].filter((name) => name !== '').sort();
  }

  it('bga --help loads one package', async () => {
    expect(await loadedBy(['--help'])).toEqual(['background-agents', 'commander']);
  });

  it('bga mcp has listed its tools before any of Temporal, or of a model, is loaded', async () => {
    const messages = [
      {
        id: 1,
        method: 'initialize',
        params: {
          protocolVersion: '2025-06-18',
          capabilities: {},
          clientInfo: { name: 'raw', version: '1' },
        },
      },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/list' },
    ];
    const stdin = messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('');
    expect(await loadedBy(['mcp'], stdin)).toEqual([
      '@modelcontextprotocol/core',
      '@modelcontextprotocol/server',
      'background-agents',
      'commander',
      'fastest-levenshtein',
      'jsonc-parser',
      'zod',
    ]);
  });
});
