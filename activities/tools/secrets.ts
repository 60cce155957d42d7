/**
 * The one table of files that usually hold secrets; reading, listing and searching all obey it.
 * A pattern stands for any run of path components, at any depth, and for everything below it. `*` stays within a
 * component, `**` spans any number of them. Letter case does not count.
 */
interface SecretRow {
  pattern: string;
  /** Names that look like the pattern and are known to be harmless. */
  except?: readonly string[];
}

const PUBLIC_HALF = ['*.pub'];
const TEMPLATES = ['*.example', '*.sample', '*.template', '*.dist'];

const SECRETS: readonly SecretRow[] = [
  { pattern: '.env*', except: TEMPLATES.map((suffix) => `.env${suffix.slice(1)}`) },
  { pattern: '*.env', except: ['example.env', 'sample.env', 'template.env'] },
  // Private keys and key stores.
  ...['id_rsa*', 'id_dsa*', 'id_ecdsa*', 'id_ed25519*'].map((pattern) => ({ pattern, except: PUBLIC_HALF })),
  ...['*.pem', '*.key', '*.p8', '*.p12', '*.pfx', '*.ppk', '*.jks', '*.keystore', '*.kdbx'].map(plain),
  ...['.ssh', '.gnupg'].map(plain),
  // Version control: a remote's URL may hold a token.
  ...['.git/**/config', '.git/**/config.worktree', '.git/**/credentials', '.git-credentials'].map(plain),
  // Package registries.
  ...['.npmrc', '.yarnrc.yml', '.pypirc', '.gem/credentials', '.cargo/credentials*'].map(plain),
  ...['.m2/settings.xml', '.m2/settings-security.xml'].map(plain),
  // Hosts, databases, histories.
  ...['.netrc', '_netrc', '.pgpass', '.my.cnf', '.htpasswd', '.*_history'].map(plain),
  // The environment of a process, where the worker's own API key is.
  plain('proc/**/environ'),
  // What this tool keeps for its user alone: that key, those that encrypt payloads, what shows them decrypted, the tokens of
  // callers, and what all of their agents said.
  ...['anthropic-key*', 'encryption-keys*', 'codec-token*', 'http-tokens*', 'temporal.db*'].map(plain),
  ...['.local/state/background-agents', '.config/background-agents/config.json', 'temporal.toml'].map(plain),
  // What those who hand us tasks keep.
  ...['.claude.json', '.claude/.credentials.json', '.codex/auth.json', 'opencode/auth.json'].map(plain),
  // Clouds and clusters.
  ...['.aws/credentials', '.aws/config', '.s3cfg', '.boto', '.azure', '.config/gcloud'].map(plain),
  ...['.config/gh/hosts.yml', '.docker/config.json', '.dockercfg', '.kube/config', '.vault-token'].map(plain),
  ...['credentials.json', 'application_default_credentials.json', 'client_secret*.json'].map(plain),
  ...['service-account*.json', 'service_account*.json'].map(plain),
  ...['secrets.yml', 'secrets.yaml', 'secrets.json', 'secrets.toml', 'kubeconfig', '.dockerconfigjson'].map(
    plain,
  ),
  ...['*.tfstate*', '.terraformrc', 'terraform.rc', 'credentials.tfrc.json'].map(plain),
];

function plain(pattern: string): SecretRow {
  return { pattern };
}

function patternSource(pattern: string): string {
  return pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:[^/]+/)*'));
}

function rowSource({ pattern, except = [] }: SecretRow): string {
  const harmless = except.map(patternSource).join('|');
  return `${harmless && `(?!(?:${harmless})(?:/|$))`}${patternSource(pattern)}`;
}

// One expression, because a listing may test a million paths.
const SECRET = new RegExp(`(?:^|/)(?:${SECRETS.map(rowSource).join('|')})(?:/|$)`, 'is');

/** Whether a path (relative or absolute) names a file that usually holds secrets, or something below such a folder. */
export function isSecretPath(path: string): boolean {
  return SECRET.test(path.replaceAll('\\', '/'));
}

/**
 * The same table as arguments for ripgrep, so that it does not even open those files. ripgrep cannot express an
 * exception, so rows that have one are left to `isSecretPath`, which every result passes anyway.
 */
export function secretGlobArguments(): string[] {
  return SECRETS.filter((row) => row.except === undefined).map((row) => `--iglob=!**/${row.pattern}`);
}
