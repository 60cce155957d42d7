import type { AgentsContext } from '../../agents/context';
import type { HookInput } from '../../hook/event';
import type { HookLimits } from '../../hook/hook';
import type { Cli } from '../cli';
import type { CliCommand, CommandCall } from '../command';
import { numberOption } from '../input';

/** Claude Code waits for its hooks, and so does the person before it. */
const TIMEOUT_MS = 1_800;

export const hookCommand: CliCommand = {
  name: 'hook',
  summary: "for Claude Code's hooks: tells it once which agents have ended (see bga install)",
  neverFails: true,
  declare: (command) =>
    command
      .option(
        '--timeout-ms <ms>',
        `say nothing rather than take longer (default: ${TIMEOUT_MS})`,
        numberOption,
      )
      .addHelpText(
        'after',
        '\nReads the event of a Stop, UserPromptSubmit or SessionEnd hook from stdin, and answers on stdout when there is news.',
      ),
  async run(cli, call) {
    if (process.stdin.isTTY) {
      cli.say(
        'Claude Code runs this as a hook, with an event on stdin. Set it up with: bga install claude-code',
      );
      return 0;
    }
    const wanted = call.options.timeoutMs;
    const timeoutMs = typeof wanted === 'number' && wanted > 0 ? wanted : TIMEOUT_MS;
    const slow = setTimeout(() => {
      process.stderr.write('bga hook: no answer in time; it is told next time.\n');
      process.exit(0);
    }, timeoutMs - performance.now());
    try {
      await answer(cli, call, { timeoutMs, claimed: () => clearTimeout(slow) });
    } finally {
      clearTimeout(slow);
    }
    return 0;
  },
};

async function answer(cli: Cli, call: CommandCall, limits: HookLimits): Promise<void> {
  const { readEvent } = await import('../../hook/event');
  const event = await readEvent(process.stdin.setEncoding('utf8'));
  const { stateDirOf } = await import('../../local/paths');
  if (event.hook_event_name === 'SessionEnd') {
    const { forgetSession } = await import('../../hook/memory');
    return forgetSession(stateDirOf(cli.env), event.session_id);
  }
  if (event.hook_event_name !== 'Stop' && event.hook_event_name !== 'UserPromptSubmit')
    return cli.say(`bga hook: there is nothing to do for ${JSON.stringify(event.hook_event_name)}.`);
  const { memoryOf } = await import('../../hook/beginning');
  memoryOf(event, stateDirOf(cli.env), Date.now());
  const agents = await running(cli, workspaceOf(cli, call, event));
  if (!agents) return;
  try {
    const { replyTo } = await import('../../hook/hook');
    const reply = await replyTo(event, agents, limits);
    if (reply) process.stdout.write(`${JSON.stringify(reply)}\n`);
  } finally {
    await agents.temporal.close();
  }
}

/** The directory may have been changed in the session; the project, where the MCP server was started, stays. */
function workspaceOf({ env, workspace }: Cli, { options }: CommandCall, { cwd }: HookInput): string {
  if (typeof options.workspace === 'string') return workspace;
  return env.CLAUDE_PROJECT_DIR || cwd || workspace;
}

async function running(cli: Cli, workspace: string): Promise<AgentsContext | undefined> {
  const { loadConfig } = await import('../../config');
  const config = loadConfig({ env: cli.env, workspace });
  const { isLocal } = await import('../../config');
  const { readyService } = await import('../../local/service');
  // Before Temporal's client is loaded: where nothing runs, a hook should cost next to nothing.
  if (isLocal(config) && !readyService(config.stateDir)) return undefined;
  const { openRunning } = await import('../../open');
  const { cliSession } = await import('../session');
  return openRunning({ config, env: cli.env, session: cliSession(config), workspace });
}
