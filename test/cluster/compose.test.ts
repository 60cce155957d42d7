/** What must be true of docker-compose.yml, whatever runs it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/cli/commands';
import { cacheDirOf, findBinary } from '../../src/local';
import { ROOT } from '../support/root';
import { COMPOSE_FILE, type ComposeService, loadCompose } from './compose';

const SECRETS = {
  POSTGRES_PASSWORD: 'canary-database',
  ANTHROPIC_API_KEY: 'canary-model',
  BGA_ENCRYPTION_KEY: 'canary-payloads',
  BGA_HTTP_TOKEN: 'canary-http',
};
const compose = loadCompose({ ...SECRETS, WORKSPACES: '/srv/code' });
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const each = services.map(([name, service]) => ({ name, service }));

it('is valid by the schema of the Compose Specification', () => {
  const schema = JSON.parse(
    readFileSync(join(__dirname, 'composeSpecification', 'compose-spec.json'), 'utf8'),
  );
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  // Compose knows one more: a duration, such as 1m30s.
  ajv.addFormat('duration', /^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/);
  // Under https it is another name to the library, for the same draft.
  const validate = ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
  validate(compose);
  expect(validate.errors).toBeNull();
  // The same file with a mistake: that the schema is looked at at all.
  validate({ ...compose, services: { web: { image: 'x', restrat: 'always' } } });
  expect(validate.errors).not.toBeNull();
});

it('refuses to start without what only its owner can say', () => {
  expect(() => loadCompose({ ...SECRETS, POSTGRES_PASSWORD: '' })).toThrow('POSTGRES_PASSWORD');
  expect(() => loadCompose({ ...SECRETS })).toThrow('WORKSPACES');
  expect(() => loadCompose({ ...SECRETS, WORKSPACES: '/x', BGA_HTTP_TOKEN: '' })).toThrow('BGA_HTTP_TOKEN');
});

it('has .env.example name every variable, and no secret anywhere', () => {
  const text = readFileSync(COMPOSE_FILE, 'utf8');
  const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
  const used = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name));
  const named = new Map(
    [...example.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  expect([...named.keys()].sort()).toEqual([...used].sort());
  for (const name of Object.keys(SECRETS)) expect(named.get(name)).toBe('');
  expect(readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n')).toContain('.env');
});

it('gives each secret only to those that use it', () => {
  const holders = (secret: string) =>
    services.filter(([, service]) => JSON.stringify(service).includes(secret)).map(([name]) => name);
  expect(holders(SECRETS.POSTGRES_PASSWORD)).toEqual(['postgres', 'temporal-schema', 'temporal']);
  expect(holders(SECRETS.ANTHROPIC_API_KEY)).toEqual(['worker']);
  expect(holders(SECRETS.BGA_HTTP_TOKEN)).toEqual(['mcp']);
  expect(holders(SECRETS.BGA_ENCRYPTION_KEY)).toEqual(ours.map(([name]) => name));
});

const isJob = (name: string) =>
  services.some(([, { depends_on }]) => depends_on?.[name]?.condition === 'service_completed_successfully');

describe.each(each)('$name', ({ name, service }) => {
  it('has an image of a fixed version', () => {
    expect(service.image).toMatch(/:\d+\.\d+(\.\d+)?[\w.-]*(@sha256:[0-9a-f]{64})?$/);
  });

  it('has limits, and a restart policy', () => {
    expect(service.deploy?.resources?.limits).toEqual({
      cpus: expect.stringMatching(/^\d/),
      memory: expect.stringMatching(/^\d+[mg]$/),
    });
    expect(service.restart).toBe(isJob(name) ? 'on-failure:5' : 'unless-stopped');
  });

  it('has a health check unless it is a job, and waits for the health or the end of what it needs', () => {
    expect(service.healthcheck === undefined).toBe(isJob(name));
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {}))
      expect(condition).toBe(isJob(needed) ? 'service_completed_successfully' : 'service_healthy');
  });

  it('is reached from this machine alone', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

it('runs the product without rights, on a file system that it cannot write to', () => {
  expect(ours.map(([name]) => name)).toEqual(
    expect.arrayContaining(['setup', 'worker', 'workspace-worker', 'codec-server']),
  );
  for (const [, service] of ours)
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
});

it('has all of the product read one configuration, which is there and says nothing yet', () => {
  const { file } = compose.configs['background-agents'] ?? { file: '' };
  expect(JSON.parse(readFileSync(join(ROOT, file), 'utf8'))).toEqual({});
  for (const [, { configs, environment }] of ours) {
    const target = `${environment?.XDG_CONFIG_HOME}/background-agents/config.json`;
    expect(configs).toEqual([{ source: 'background-agents', target }]);
  }
});

it('has docs/operations.md name commands and services that there are', () => {
  const operations = readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8');
  const shown = [
    ...operations.matchAll(/docker compose exec (?:-T )?(\S+) bga (\S+)/g),
    ...operations.matchAll(/docker compose run --rm -v \S+ (\S+) (\S+)/g),
  ].map(([, service = '', command = '']) => ({ service, command }));
  expect(shown.length).toBeGreaterThan(4);
  const commands = COMMANDS.map(({ name }) => name);
  for (const { service, command } of shown) {
    expect(ours.map(([name]) => name)).toContain(service);
    expect(commands).toContain(command);
  }
});

it('lets nobody at the workspaces but those who read them, and them only read', () => {
  const mounts = ({ volumes = [] }: ComposeService) =>
    volumes.filter((volume) => volume.startsWith('/srv/code'));
  const holders = services.filter(([, service]) => mounts(service).length > 0);
  expect(holders.map(([name]) => name)).toEqual(['workspace-worker', 'mcp']);
  for (const [, service] of holders) {
    expect(mounts(service)).toEqual(['/srv/code:/workspaces:ro']);
    expect(service.environment?.BGA_WORKSPACE_ROOTS).toBe('/workspaces');
  }
});

it('sends traces where .env says, from all workers alike', () => {
  const traced = loadCompose({
    ...SECRETS,
    WORKSPACES: '/srv/code',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
  });
  for (const name of ['worker', 'workspace-worker']) {
    const endpointOf = ({ services: all }: typeof compose) =>
      all[name]?.environment?.OTEL_EXPORTER_OTLP_ENDPOINT;
    expect([endpointOf(traced), endpointOf(compose)]).toEqual(['http://collector:4318', null]);
  }
});

it('lets nothing out of where agents read files', () => {
  for (const network of compose.services['workspace-worker']?.networks ?? ['none'])
    expect(compose.networks[network]?.internal).toBe(true);
});

it('has every worker tell Prometheus, where docs/operations.md says, and nobody outside', () => {
  const workers = services.filter(([, { command }]) => command?.[0] === 'worker');
  const operations = readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8');
  const [, names = '', port = ''] = /names: \[([^\]]*)\], type: A, port: (\d+)/.exec(operations) ?? [];
  expect(names.split(', ')).toEqual(workers.map(([name]) => name));
  for (const [, { command = [], ports, networks }] of workers) {
    expect(command.join(' ')).toContain(`--metrics-port ${port} --metrics-host 0.0.0.0`);
    expect(ports).toBeUndefined();
    expect(networks).toContain('cluster');
  }
});

it('has the Temporal server and Web UI of the local service', async () => {
  const cacheDir = cacheDirOf(process.env);
  const binary = await findBinary({ cacheDir, env: process.env }, []);
  const version = execFileSync(binary?.path ?? '', ['--version'], { encoding: 'utf8' });
  expect(version).toContain(`(Server ${tagOf('temporal')}, UI ${tagOf('web-ui')})`);
  expect(tagOf('temporal-schema')).toMatch(new RegExp(`^${tagOf('temporal')}-`));
});

it('gives the server what the local service sets as well', () => {
  const dynamic = parse(readFileSync(join(ROOT, 'deploy', 'temporal-dynamicconfig.yaml'), 'utf8'));
  for (const key of ['matching.useNewMatcher', 'matching.enableFairness'])
    expect(dynamic[key]).toEqual([{ value: true }]);
});

function tagOf(name: string): string {
  return compose.services[name]?.image?.split(':')[1]?.split('@')[0] ?? '';
}
