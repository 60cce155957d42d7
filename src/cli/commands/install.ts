import type { InstallScope } from '../../install/clients';
import type { Launch } from '../../install/launch';
import type { Change } from '../../install/plan';
import type { Cli } from '../cli';
import type { CliCommand, CommandCall, ExitCode } from '../command';

const CLIENT_NAMES = 'claude-code, codex, cursor or opencode';

export const installCommand: CliCommand = {
  name: 'install',
  summary: `add the MCP server to ${CLIENT_NAMES}`,
  declare: (command) =>
    command
      .argument('<client>', CLIENT_NAMES)
      .option('--scope <scope>', 'user: for all of your projects; project: in this directory (default: user)')
      .option('--undo', 'take out what was added, as bga uninstall does')
      .option('--no-hooks', 'claude-code: without the hooks that tell it which agents have ended')
      .option('--npx', 'start it with npx also where bga is installed: for files that others share')
      .option('-y, --yes', 'do not ask')
      .option('--dry-run', 'only show what would change'),
  run: (cli, call) => change(cli, call, call.options.undo === true),
};

export const uninstallCommand: CliCommand = {
  name: 'uninstall',
  summary: 'take out what install has added, and nothing else',
  declare: (command) =>
    command
      .argument('<client>', CLIENT_NAMES)
      .option('--scope <scope>', 'user or project (default: user)')
      .option('-y, --yes', 'do not ask')
      .option('--dry-run', 'only show what would change'),
  run: (cli, call) => change(cli, call, true),
};

async function change(cli: Cli, { args, options }: CommandCall, isUndo: boolean): Promise<ExitCode> {
  const { apply, diffOf, isChange, planInstall, planUndo } = await import('../../install/plan');
  const { stateDirOf } = await import('../../local/paths');
  const { client, scope } = await wanted(args[0], options.scope);
  const { homeOf } = await import('../../config/temporal');
  const home = homeOf(cli.env);
  const launch = await launchHere(cli, home, options.npx === true);
  const stateDir = stateDirOf(cli.env);
  const parts = client.parts({
    scope,
    home,
    env: cli.env,
    workspace: cli.workspace,
    launch,
    hooks: isUndo || options.hooks !== false,
  });
  const changes = isUndo ? planUndo(parts, stateDir) : planInstall(parts, stateDir);
  const due = changes.filter(isChange);
  if (!cli.json) for (const each of due) cli.print(undefined, diffOf(each));
  const isApplied = due.length > 0 && options.dryRun !== true && (await isAgreed(cli, options, due));
  if (isApplied) apply(changes, stateDir);
  cli.print(
    {
      client: args[0],
      scope,
      applied: isApplied,
      files: changes.map((each) => ({
        file: each.file,
        action: actionOf(each),
        diff: isChange(each) ? diffOf(each) : '',
      })),
      ...(isUndo ? {} : { server: { command: launch.command, args: [...launch.args, 'mcp'] } }),
    },
    '',
  );
  if (!cli.json)
    cli.say(outcome({ title: client.title, isUndo, isApplied, due: due.length, hint: client.hint }));
  return isApplied || due.length === 0 || options.dryRun === true ? 0 : 1;
}

async function wanted(name: string | undefined, scopeName: unknown) {
  const { CLIENTS, SCOPES } = await import('../../install/clients');
  const { UserError } = await import('../../agents/errors');
  const { didYouMean } = await import('../../config/nearest');
  const client = Object.hasOwn(CLIENTS, name ?? '') ? CLIENTS[name ?? ''] : undefined;
  if (!client) {
    const near = didYouMean(name ?? '', Object.keys(CLIENTS));
    throw new UserError(
      'invalid',
      `There is no client ${JSON.stringify(name)}.${near} Name ${CLIENT_NAMES}.`,
    );
  }
  const scope: InstallScope | undefined = SCOPES.find((each) => each === (scopeName ?? 'user'));
  if (!scope) throw new UserError('invalid', `--scope: expected one of ${SCOPES.join(', ')}. See --help.`);
  return { client, scope };
}

async function launchHere({ env }: Cli, home: string, npx: boolean): Promise<Launch> {
  const { realpathSync } = await import('node:fs');
  const { launchOf } = await import('../../install/launch');
  const { resolve } = await import('node:path');
  const { programFolders } = await import('../../programFolders');
  return launchOf({
    script: realpathSync(process.argv[1] ?? ''),
    node: stableNode(programFolders(env.PATH), realpathSync),
    bgaHome: env.BGA_HOME ? resolve(env.BGA_HOME) : undefined,
    npx,
    home,
  });
}

/** A link on the PATH that leads to the Node that runs: it outlives an upgrade, unlike the folder of a version. */
function stableNode(folders: readonly string[], realPathOf: (path: string) => string): string {
  const isSame = (link: string) => {
    try {
      return realPathOf(link) === realPathOf(process.execPath);
    } catch {
      return false;
    }
  };
  return folders.map((folder) => `${folder}/node`).find(isSame) ?? process.execPath;
}

async function isAgreed(cli: Cli, options: CommandCall['options'], due: readonly Change[]): Promise<boolean> {
  if (options.yes === true) return true;
  if (cli.json || !process.stdin.isTTY || !process.stderr.isTTY) {
    const { UserError } = await import('../../agents/errors');
    throw new UserError(
      'invalid',
      'Nothing was changed, as there is nobody to ask. Pass --yes, or --dry-run to look only.',
    );
  }
  const { confirm, isCancel } = await import('@clack/prompts');
  const files = due.length === 1 ? 'this file' : `these ${due.length} files`;
  const answer = await confirm({ message: `Change ${files}?`, output: process.stderr });
  return !isCancel(answer) && answer;
}

function actionOf({ before, after }: Change): 'create' | 'change' | 'remove' | 'none' {
  if (before === after) return 'none';
  if (before === undefined) return 'create';
  return after === undefined ? 'remove' : 'change';
}

interface Told {
  title: string;
  isUndo: boolean;
  isApplied: boolean;
  due: number;
  hint: string;
}

function outcome({ title, isUndo, isApplied, due, hint }: Told): string {
  if (due === 0) return isUndo ? `There is nothing of ours in ${title}.` : `${title} has it already.`;
  if (!isApplied) return 'Nothing was changed.';
  return isUndo ? `Taken out of ${title}.` : `Added to ${title}. ${hint}`;
}
