import { join } from 'node:path';
import { isSecretPath, secretGlobArguments } from '../../../activities/tools/secrets';
import { keysPath } from '../../../src/codec';
import { apiKeyPath } from '../../../src/config';
import { localPaths, stateDirOf } from '../../../src/local/paths';
import { tokensPath } from '../../../src/mcp/http/tokens';

describe('isSecretPath', () => {
  it.each([
    '.env',
    '.env.local',
    'apps/web/.env.production',
    '.ENV',
    '.envrc',
    'prod.env',
    'id_rsa',
    'keys/id_ed25519',
    'id_rsa.bak',
    'tls/server.pem',
    'server.KEY',
    'a.p12',
    'a.pfx',
    'a.jks',
    'a.keystore',
    '.git/config',
    'sub/.git/config',
    '.git/modules/lib/config',
    '.git/credentials',
    '.git-credentials',
    '.npmrc',
    'x/.npmrc',
    '.pypirc',
    '.netrc',
    'state/encryption-keys',
    'state/codec-token',
    '.pgpass',
    '.aws/credentials',
    '.docker/config.json',
    '.kube/config',
    '.ssh/known_hosts',
    '.ssh',
    '.gnupg/a/b',
    '.htpasswd',
    'credentials.json',
    'secrets.yml',
    'kubeconfig',
    '.dockerconfigjson',
    'service-account-prod.json',
    'terraform.tfstate',
    'terraform.tfstate.backup',
    '/home/u/.ssh/key',
    '.env\\x',
    '/proc/self/environ',
    '/proc/1/task/2/environ',
    '.config/temporalio/temporal.toml',
    '.claude.json',
    '.claude/.credentials.json',
    '.codex/auth.json',
    '.local/share/opencode/auth.json',
  ])('denies %s', (path) => {
    expect(isSecretPath(path)).toBe(true);
  });

  it.each([
    '.env.example',
    '.env.sample',
    '.env.template',
    'a/.env.example',
    'id_rsa.pub',
    'id_ed25519.pub',
    'src/environment.ts',
    'src/env.ts',
    'config',
    'src/config.json',
    '.github/config',
    'docs/credentials.md',
    'keyboard.ts',
    '.gitignore',
    'src/ssh/a',
    'monkey.ts',
    'src/temporal.ts',
    'docs/http-token.md',
    '.claude/settings.json',
    '.background-agents.json',
    '.git/HEAD',
    '.',
  ])('allows %s', (path) => {
    expect(isSecretPath(path)).toBe(false);
  });

  it('denies what this tool keeps for its user alone, wherever BGA_HOME is', () => {
    const kept = [apiKeyPath, keysPath, tokensPath].map((pathOf) => pathOf('/srv/bga'));
    const all = [
      ...kept,
      '/srv/bga/codec-token',
      localPaths('/srv/bga').database,
      '/srv/bga/temporal.db-wal',
    ];
    // Also while it is written.
    for (const path of [...all, ...kept.map((each) => `${each}.0f1e`)])
      expect([path, isSecretPath(path)]).toEqual([path, true]);
    const env = { HOME: '/home/u' };
    for (const name of ['service.json', 'logs/worker.log', 'sessions/cli.log'])
      expect(isSecretPath(join(stateDirOf(env), name))).toBe(true);
  });

  it('denies a secret below a harmless template name', () => {
    expect(isSecretPath('.env.example/id_rsa')).toBe(true);
    expect(isSecretPath('.env.example.local')).toBe(true);
  });
});

it('turns the same table into case-insensitive exclusions for ripgrep', () => {
  expect(secretGlobArguments()).toEqual(
    expect.arrayContaining(['--iglob=!**/.npmrc', '--iglob=!**/.git/**/config']),
  );
  expect(secretGlobArguments().every((argument) => argument.startsWith('--iglob=!'))).toBe(true);
});
