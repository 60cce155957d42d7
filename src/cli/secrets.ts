/** Secrets that are stored for the user: they come from stdin or are made here, and are never shown. */
import type { Cli } from './cli';
import type { ExitCode } from './command';
import { readStdin } from './input';

/** Not from the configuration: a key can be stored while something else in it is wrong. */
export async function stateDirOf({ env }: Cli): Promise<string> {
  const local = await import('../local');
  return local.stateDirOf(env);
}

export async function askForSecret(message: string): Promise<string> {
  if (!process.stdin.isTTY) return readStdin();
  const { isCancel, password } = await import('@clack/prompts');
  const answer = await password({ message, output: process.stderr });
  return isCancel(answer) ? '' : answer;
}

export async function newEncryptionKey(cli: Cli): Promise<ExitCode> {
  return storeEncryptionKey(cli, undefined);
}

export async function setEncryptionKey(cli: Cli): Promise<ExitCode> {
  return storeEncryptionKey(cli, await askForSecret('Encryption key, 32 bytes in base64 or hex'));
}

async function storeEncryptionKey(cli: Cli, text: string | undefined): Promise<ExitCode> {
  const { addKey, findKeys, keysPath } = await import('../codec/keyFile');
  const stateDir = await stateDirOf(cli);
  const { id } = addKey(stateDir, text);
  const path = keysPath(stateDir);
  const { readyService } = await import('../local');
  const notes = [
    `Key ${id} is the first in ${path}: from now on payloads are encrypted with it, and read with all keys there.`,
    'Keep a copy of that file: without it nobody can read what is encrypted, you included. Every worker and every user of these agents needs it.',
    ...(findKeys(stateDir, cli.env) === 'environment'
      ? ['BGA_ENCRYPTION_KEY is set and comes first, so here it is still its key that encrypts.']
      : []),
    // A worker picks a new key up by itself, but decides at its start how to write failures.
    ...(readyService(stateDir)?.encryptionKeys?.length === 0
      ? ['So that messages of failures are encrypted as well, run: bga down && bga up']
      : []),
  ];
  cli.print({ path, key_id: id }, notes.join('\n'));
  return 0;
}
