import type { CliCommand } from '../command';

export const mcpCommand: CliCommand = {
  name: 'mcp',
  summary: 'serve the tools to an MCP client over stdin and stdout',
  async run(cli) {
    const { serveMcp } = await import('../../mcp/stdio');
    await serveMcp({ config: cli.config(), env: cli.env, workspace: cli.workspace });
    return 0;
  },
};
