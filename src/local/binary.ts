/** Which Temporal binary the local service runs. Looking comes before fetching, and a configured path is never replaced. */
import fs from 'node:fs';
import path from 'node:path';
import { obtainBinary } from './obtain';
import { type BinaryOptions, LocalServiceError, type Progress } from './options';
import { type Attempt, accept, findOnPath, isExecutable, probe, type ServerBinary } from './probe';

/** The release of the Temporal CLI that is fetched when none is installed. */
export const TEMPORAL_CLI_VERSION = 'v1.5.1';

/** @param running that of a service which is only to be started again: it need not be fetched for that, whatever became of the cache */
export async function resolveBinary(
  options: BinaryOptions,
  progress: Progress,
  running?: string,
): Promise<ServerBinary> {
  const attempts: Attempt[] = [];
  const found = await findBinary(options, attempts);
  if (found) return found;
  const again =
    running !== undefined &&
    isExecutable(running) &&
    (await accept(running, 'running', options.env, attempts));
  if (again) return again;
  const target = cachedBinary(options.cacheDir);
  const obtained = await obtainBinary(
    { ...options, target, version: TEMPORAL_CLI_VERSION },
    attempts,
    progress,
    () => accept(target, 'cache', options.env, attempts),
  );
  if (obtained) return obtained;
  throw new LocalServiceError('no_binary', howToGet(attempts, target));
}

/** What is there already, without fetching anything. */
export async function findBinary(
  options: BinaryOptions,
  attempts: Attempt[],
): Promise<ServerBinary | undefined> {
  const { serverBinary, env, cacheDir } = options;
  if (serverBinary) return configuredBinary(serverBinary, env);
  const onPath = findOnPath('temporal', env);
  if (!onPath) attempts.push({ way: 'PATH', why: 'no "temporal" on the PATH' });
  const fromPath = onPath ? await accept(onPath, 'PATH', env, attempts) : undefined;
  if (fromPath) return fromPath;
  const cached = cachedBinary(cacheDir);
  return isExecutable(cached) ? accept(cached, 'cache', env, attempts) : undefined;
}

export function cachedBinary(cacheDir: string): string {
  return path.join(cacheDir, `temporal-${TEMPORAL_CLI_VERSION}`, 'temporal');
}

async function configuredBinary(file: string, env: NodeJS.ProcessEnv): Promise<ServerBinary> {
  const probed = isExecutable(file) ? await probe(file, env) : { why: 'it is not an executable file' };
  if ('version' in probed) return { path: path.resolve(file), version: probed.version, source: 'configured' };
  throw new LocalServiceError(
    'bad_binary',
    `The configured Temporal binary ${file} cannot be used: ${fs.existsSync(file) ? probed.why : 'it does not exist'}. ` +
      'Correct the path, or remove the setting to let a binary be found or fetched.',
  );
}

function howToGet(attempts: Attempt[], target: string): string {
  const tried = attempts.map(({ way, why }) => `  - ${way}: ${why}`).join('\n');
  return `No Temporal server binary, and none could be fetched.
Tried:
${tried}
Any one of these helps:
  - install the Temporal CLI, so that "temporal" is on the PATH (${TEMPORAL_CLI_VERSION} or later);
  - configure the path of a "temporal" binary: BGA_TEMPORAL_BINARY;
  - put a "temporal" binary at ${target};
  - allow network access for the download, then run the same command again;
  - install Go: it then runs "go install github.com/temporalio/cli/cmd/temporal@${TEMPORAL_CLI_VERSION}" (about three minutes, once);
  - use a Temporal cluster instead: set TEMPORAL_ADDRESS.`;
}
