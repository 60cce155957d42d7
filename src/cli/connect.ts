/** From a command to agents: everything that takes time to load is loaded here, when a command needs it. */
import type { AgentsContext } from '../agents/context';
import type { Cli } from './cli';
import { requireDirectory } from './workspace';

export async function connect(cli: Cli): Promise<AgentsContext> {
  const config = cli.config();
  requireDirectory(cli.workspace);
  const { openAgents } = await import('../open');
  const { readyService } = await import('../local');
  const { cliSession } = await import('./session');
  const isLocal = config.temporal.address === undefined;
  const wasReady = isLocal && readyService(config.stateDir) !== undefined;
  const agents = await openAgents({
    config,
    env: cli.env,
    session: cliSession(config),
    workspace: cli.workspace,
    defaultLifetime: 'detached',
    onProgress: ({ text, elapsedSeconds }) => cli.progress.step(text, elapsedSeconds),
    onRemark: (text) => cli.say(text),
  });
  // A port that was taken is told once, by the command that started the service.
  const notes = isLocal && !wasReady ? readyService(config.stateDir)?.notes : undefined;
  for (const note of notes ?? []) cli.say(note);
  return agents;
}
