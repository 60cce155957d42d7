import type { CliCommand } from '../command';
import { exitCodeOf, follow } from '../follow';
import { checked } from '../input';
import { onInterrupt } from '../interrupt';
import { declareSpawn, modelLabel, spawnArguments } from './spawn';

export const runCommand: CliCommand = {
  name: 'run',
  summary: 'hand a task over, watch the agent, print its answer',
  declare: declareSpawn,
  async run(cli, { args, options }) {
    const { kill, output, spawn, spawnInput } = await import('../../agents');
    const { background: _, ...request } = checked(spawnInput, spawnArguments(args, options));
    const agents = await cli.agents();
    const spawned = await spawn(agents, request);
    const { agent_id: agentId } = spawned;
    cli.progress.line(`${agentId} · ${spawned.tier} tier · ${modelLabel(spawned)} · ${spawned.workspace}`);
    const interrupt = onInterrupt(cli, agentId, async () => {
      await kill(agents, agentId, 'Interrupted at the terminal.');
    });
    try {
      const ended = await follow(cli, agents, agentId, { signal: interrupt.signal });
      if (!ended) return 0;
      const said = await output(agents, { agent_id: agentId, max_chars: 1_000_000 });
      cli.print({ ...spawned, ...said, ...ended }, said.text);
      if (ended.error) cli.say(`${ended.status} (${ended.error.type}): ${ended.error.message}`);
      return exitCodeOf(ended.status);
    } finally {
      interrupt.close();
    }
  },
};
