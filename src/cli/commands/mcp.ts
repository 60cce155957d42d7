import type { CliCommand } from '../command';

export const mcpCommand: CliCommand = {
  name: 'mcp',
  summary:
    'serve the tools to MCP clients: to one over stdin and stdout, or with --http to all that have a token',
  declare: (command) =>
    command
      .option('--http', 'serve over HTTP, on 127.0.0.1 unless told otherwise')
      .option('--host <address>', 'address to listen on (with --http)')
      .option('--port <n>', 'port to listen on (with --http; default: a free one, and the same again)')
      .option('--show-token [name]', 'only print the token that clients need, which is secret')
      .option(
        '--add-token <name>',
        'only make a token for another caller, who sees none but his own agents; it replaces the one that he had',
      )
      .option('--remove-token <name>', 'only remove the token of a caller'),
  async run(cli, { options }) {
    if (options.http === true) return (await import('../mcpHttp')).mcpHttp(cli, options);
    const stray = ['host', 'port', 'showToken', 'addToken', 'removeToken'].find((name) => name in options);
    if (stray !== undefined) {
      const { UserError } = await import('../../agents/errors');
      throw new UserError('invalid', `That is for HTTP: bga mcp --http ${optionName(stray)}`);
    }
    const { serveMcp } = await import('../../mcp/stdio');
    const config = cli.config();
    const log = await cli.log('mcp', config);
    await serveMcp({ config, env: cli.env, workspace: cli.workspace, log });
    return 0;
  },
};

function optionName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
