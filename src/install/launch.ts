/** How a client is to start `bga`: as it was started itself. */

/** The name of our entry in every client's configuration. */
export const SERVER_NAME = 'background-agents';

export interface Launch {
  command: string;
  /** In front of the subcommand. */
  args: readonly string[];
  /** What moves everything that is written has to be the same for server and hooks. */
  env: Readonly<Record<string, string>>;
}

export interface Here {
  /** The real path of the script that runs. */
  script: string;
  /** A path of Node that outlives its upgrades, if there is one. */
  node: string;
  bgaHome: string | undefined;
  /** Asked for, as for a file that others share. */
  npx: boolean;
  /** Of the user. */
  home: string;
}

/**
 * What npx has unpacked into its cache may be gone tomorrow; npx finds it again, and is kept from the `.npmrc` and the `node_modules` of
 * the folder that a client starts it in: either could have it run another program. Anything else is there to stay.
 */
export function launchOf({ script, node, bgaHome, npx, home }: Here): Launch {
  const env = bgaHome === undefined ? {} : { BGA_HOME: bgaHome };
  // Others have other homes; who shares a file for a folder decides what runs there anyway.
  if (npx) return { command: 'npx', args: ['-y', SERVER_NAME], env };
  if (/[\\/]_npx[\\/]/.test(script))
    return { command: 'npx', args: ['--prefix', home, '-y', SERVER_NAME], env };
  // Not the link `bga`: an editor that was not started from a shell has no PATH to find its node with.
  return { command: node, args: [script], env };
}

/** For a shell: Claude Code runs its hooks in one. */
export function shellCommand({ command, args, env }: Launch, subcommand: string): string {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${shellQuoted(value)}`);
  return [...settings, ...[command, ...args, subcommand].map(shellQuoted)].join(' ');
}

function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
