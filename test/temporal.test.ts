import { once } from 'node:events';
import { constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { connectTemporal } from '../src/temporal';

const UNIMPLEMENTED = '12';

/** A gRPC server that lets clients connect, and does to every other call what it is told. */
async function startServer(answer: (stream: ServerHttp2Stream) => void) {
  const server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    if (!String(headers[':path']).endsWith('/GetSystemInfo')) return answer(stream);
    const refusal = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': UNIMPLEMENTED };
    stream.respond(refusal, { endStream: true });
  });
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const stop = () => {
    for (const session of sessions) session.destroy();
    server.close();
  };
  return { address: `127.0.0.1:${port}`, stop };
}

it('takes a call that the server gave up, at the deadline that it was told, for one that did not reach it', async () => {
  const server = await startServer((stream) => stream.close(constants.NGHTTP2_CANCEL));
  const temporal = await connectTemporal({ address: server.address, namespace: 'default' });
  try {
    const call = temporal.call(() => temporal.client.workflow.count("WorkflowType = 'agent'"));
    await expect(call).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining(
        `Temporal at ${server.address} (namespace default) cannot be reached.`,
      ),
    });
  } finally {
    await temporal.close();
    server.stop();
  }
});
