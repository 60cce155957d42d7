import type { CliCommand } from '../command';
import { checked, readStdin } from '../input';

export const sendCommand: CliCommand = {
  name: 'send',
  summary: 'send an agent a message; one that has ended goes on with its conversation',
  declare: (command) =>
    command
      .argument('<agent_id>')
      .argument('<message...>', 'what it is to know or do; - reads it from stdin')
      .option('--idempotency-key <key>', 'the same message with the same key is delivered once'),
  async run(cli, { args, options }) {
    const { send, sendInput } = await import('../../agents');
    const [agentId, ...words] = args;
    const message = words.length === 1 && words[0] === '-' ? await readStdin() : words.join(' ');
    const request = checked(sendInput, {
      agent_id: agentId,
      message,
      idempotency_key: options.idempotencyKey,
    });
    const sent = await send(await cli.agents(), request);
    cli.print(sent, `${sent.agent_id}  ${sent.delivered}  ${sent.message}`);
    if (!cli.json) cli.say(`Read on with: bga output ${sent.agent_id} -f --since-last`);
    return 0;
  },
};
