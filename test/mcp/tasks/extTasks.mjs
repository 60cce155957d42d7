/**
 * The public client of tasks, `@modelcontextprotocol/ext-tasks`, in a process of its own: it is an ES module, as jest takes none.
 * Its argument says what to do; each thing that it sees is a line on stdout.
 */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { createTaskSessionFromClient } from '@modelcontextprotocol/ext-tasks/client';

const { server, call, resume, answer, cancel } = JSON.parse(process.argv[2]);
const clientInfo = { name: 'ext-tasks', version: '1' };
const clientCapabilities = { elicitation: { form: {} }, extensions: { 'io.modelcontextprotocol/tasks': {} } };
const protocolVersion = '2026-07-28';
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const transport = new StdioClientTransport({ ...server, stderr: 'ignore' });
const client = new Client(clientInfo, {
  capabilities: clientCapabilities,
  versionNegotiation: { mode: { pin: protocolVersion } },
});
await client.connect(transport);

/** The SDK's client refuses results that are tasks: those requests go past it, as the package asks of its hosts. */
const waiting = new Map();
const { onmessage } = transport;
transport.onmessage = (message, extra) => {
  const settle = waiting.get(message.id);
  if (!settle) return onmessage(message, extra);
  waiting.delete(message.id);
  settle(message);
};
const rawDispatch = async (request) => {
  const id = `raw-${waiting.size}-${process.hrtime.bigint()}`;
  const answered = new Promise((resolve) => waiting.set(id, resolve));
  await transport.send({ jsonrpc: '2.0', id, ...request });
  const { result, error } = await answered;
  return error ? { kind: 'error', error } : { kind: 'result', result };
};

const session = createTaskSessionFromClient(client, {
  endpointId: 'background-agents',
  rawDispatch,
  v2RequestFraming: { protocolVersion, clientInfo, clientCapabilities },
  onInputRequest: async (request) => {
    say({ asked: request.params });
    return answer;
  },
  onError: (error) => say({ error: error.message }),
});
const execution = resume
  ? await session.resumeTask({
      endpointId: 'background-agents',
      generation: 'v2',
      taskId: resume,
      originalOperation: 'tools/call',
    })
  : await session.callTool('agent_spawn', call);
say({ kind: execution.kind, taskId: execution.handle?.taskId });
if (cancel) await execution.cancel();
const { outcome } = await execution.settle({
  onEvent: (event) => {
    if (event.type === 'task') say({ status: event.task.status, raw: event.task.raw });
  },
});
say({ outcome: { ...outcome, error: outcome.error?.message } });
await session.close();
await client.close();
