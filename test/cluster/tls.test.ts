/** A cluster behind mutual TLS and behind API keys: who gets in, and what the others are told. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2, createSecureServer, type Http2SecureServer } from 'node:http2';
import { connect as connectTcp, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { readyService } from '../../src/local';
import { startBga } from '../cli/process';
import { cleanEnv, type Product, runBga, startProduct } from '../support/product';

const folder = mkdtempSync(join(tmpdir(), 'bga-tls-'));
const file = (name: string) => join(folder, name);
const API_KEY = 'canary-api-key';
/** It lets in, and may only read. */
const GUEST_KEY = 'canary-guest-key';
const FOR_GUESTS =
  /\/(GetSystemInfo|DescribeNamespace|ListSearchAttributes|DescribeTaskQueue|\w*WorkflowExecutions)$/;

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function makeAuthority(name: string): void {
  openssl(
    'req',
    '-x509',
    ...NEW_KEY,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
  );
}

function makeCertificate(name: string, authority: string, days: number): void {
  writeFileSync(file(`${name}.ext`), 'subjectAltName=DNS:temporal.internal');
  openssl('req', ...NEW_KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  const signedBy = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    ...signedBy,
    '-days',
    String(days),
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.pem`,
  );
}

let product: Product;
let mutual: Server;
let keyed: Http2SecureServer;

beforeAll(async () => {
  for (const name of ['ca', 'other-ca']) makeAuthority(name);
  makeCertificate('server', 'ca', 2);
  makeCertificate('client', 'ca', 2);
  makeCertificate('expired', 'ca', -1);
  makeCertificate('stranger', 'other-ca', 2);
  product = await startProduct();
  const port = Number(readyService(product.home)?.address.split(':')[1]);
  const own = { key: readFileSync(file('server.key')), cert: readFileSync(file('server.pem')) };
  const strict = { requestCert: true, rejectUnauthorized: true, ca: readFileSync(file('ca.pem')) };
  mutual = createServer({ ...own, ...strict, ALPNProtocols: ['h2'] }, (socket) => {
    const inner = connectTcp(port, '127.0.0.1');
    for (const each of [socket, inner]) each.on('error', () => undefined);
    socket.pipe(inner).pipe(socket);
  });
  mutual.listen(0, '127.0.0.1');
  keyed = withApiKey(own, port);
  keyed.listen(0, '127.0.0.1');
  await Promise.all([once(mutual, 'listening'), once(keyed, 'listening')]);
}, 180_000);

afterAll(async () => {
  mutual?.close();
  keyed?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** As Temporal Cloud does: whoever brings no key that it knows is told so by gRPC. */
function withApiKey(own: { key: Buffer; cert: Buffer }, port: number): Http2SecureServer {
  const inner = connectHttp2(`http://127.0.0.1:${port}`);
  inner.unref();
  const server = createSecureServer(own);
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const isGuest = headers.authorization === `Bearer ${GUEST_KEY}`;
    const mayNot = isGuest && !FOR_GUESTS.test(String(headers[':path']));
    if (mayNot || (!isGuest && headers.authorization !== `Bearer ${API_KEY}`)) {
      const refusal = { 'grpc-status': mayNot ? '7' : '16', 'grpc-message': 'Request unauthorized.' };
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...refusal }, { endStream: true });
      return;
    }
    const call = inner.request({ ...headers, ':authority': `127.0.0.1:${port}`, ':scheme': 'http' });
    call.on('error', () => stream.close());
    call.on('response', (answer) => stream.respond(answer, { waitForTrailers: true }));
    call.on('trailers', (trailers) => stream.on('wantTrailers', () => stream.sendTrailers(trailers)));
    stream.pipe(call).pipe(stream);
  });
  return server;
}

function portOf(server: TcpServer): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function tlsOf(certificate: string | undefined, authority = 'ca', name = 'temporal.internal') {
  return {
    TEMPORAL_TLS: 'true',
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: file(`${authority}.pem`),
    TEMPORAL_TLS_SERVER_NAME: name,
    ...(certificate === undefined
      ? {}
      : {
          TEMPORAL_TLS_CLIENT_CERT_PATH: file(`${certificate}.pem`),
          TEMPORAL_TLS_CLIENT_KEY_PATH: file(`${certificate}.key`),
        }),
  };
}

async function list(server: TcpServer, settings: Record<string, string>) {
  const env = cleanEnv(mkdtempSync(join(folder, 'home-')), {
    TEMPORAL_ADDRESS: `127.0.0.1:${portOf(server)}`,
    ...settings,
  });
  return runBga(env, product.workspace, 'list', '--json');
}

it('lets in who has the right certificate', async () => {
  expect(await list(mutual, tlsOf('client'))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"agents"'),
  });
});

it('lets in who has them in a profile of temporal.toml', async () => {
  writeFileSync(
    file('temporal.toml'),
    `[profile.team]
address = "127.0.0.1:${portOf(mutual)}"
namespace = "background-agents"
[profile.team.tls]
server_name = "temporal.internal"
server_ca_cert_path = "${file('ca.pem')}"
client_cert_path = "${file('client.pem')}"
client_key_path = "${file('client.key')}"
`,
  );
  const settings = {
    TEMPORAL_ADDRESS: '',
    TEMPORAL_CONFIG_FILE: file('temporal.toml'),
    TEMPORAL_PROFILE: 'team',
  };
  expect((await list(mutual, settings)).code).toBe(0);
});

const FAULTS: [fault: string, settings: () => Record<string, string>, told: string][] = [
  [
    'no certificate',
    () => tlsOf(undefined),
    'wants a client certificate, and none is configured. Set TEMPORAL_TLS_CLIENT_CERT_PATH',
  ],
  [
    'a certificate of another authority',
    () => tlsOf('stranger'),
    'does not accept the client certificate (CN=stranger)',
  ],
  [
    'a certificate that has expired',
    () => tlsOf('expired'),
    'The client certificate (CN=expired) expired on',
  ],
  [
    'a server that another authority signed',
    () => tlsOf('client', 'other-ca'),
    'not signed by anybody who is trusted here. Set TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  ],
  [
    'a server of another name',
    () => tlsOf('client', 'ca', 'elsewhere'),
    'certificate is for another name. Set TEMPORAL_TLS_SERVER_NAME',
  ],
  ['TLS left out', () => ({}), 'It speaks TLS, and none is configured. Set TEMPORAL_TLS=true.'],
  [
    'a certificate with the key of another',
    () => ({ ...tlsOf('client'), TEMPORAL_TLS_CLIENT_KEY_PATH: file('stranger.key') }),
    'The client certificate and its key do not belong together.',
  ],
];

// All at once: each takes as long as a client waits for a connection.
it('tells each what is wrong, and how to mend it', async () => {
  const told = await Promise.all(FAULTS.map(([, settings]) => list(mutual, settings())));
  const wrong = FAULTS.filter(([, , text], index) => !told[index]?.stderr.includes(text));
  expect(wrong.map(([fault]) => fault)).toEqual([]);
  expect(told.map(({ code }) => code)).toEqual(FAULTS.map(() => 3));
});

it('tells of TLS where there is none', async () => {
  const port = Number(readyService(product.home)?.address.split(':')[1]);
  const settings = { ...tlsOf('client'), TEMPORAL_ADDRESS: `127.0.0.1:${port}` };
  expect((await list(mutual, settings)).stderr).toContain('It does not speak TLS, and TLS is configured.');
});

it('lets in who has the right API key, and tells who has another or none, without showing it', async () => {
  expect((await list(keyed, { ...tlsOf(undefined), TEMPORAL_API_KEY: API_KEY })).code).toBe(0);
  const other = await list(keyed, { ...tlsOf(undefined), TEMPORAL_API_KEY: 'canary-that-expired' });
  expect(other.stderr).toContain('does not accept the API key: it may have expired');
  expect(other.stderr).not.toContain('canary-that-expired');
  const none = await list(keyed, tlsOf(undefined));
  expect(none.stderr).toContain('wants to know who you are: set TEMPORAL_API_KEY');
  expect([other.code, none.code]).toEqual([3, 3]);
});

it('lets workers in by certificate and by API key, over a connection of their own', async () => {
  const ways: [Server, Record<string, string>][] = [
    [mutual, tlsOf('client')],
    [keyed, { ...tlsOf(undefined), TEMPORAL_API_KEY: API_KEY }],
  ];
  await Promise.all(
    ways.map(async ([server, settings]) => {
      const env = cleanEnv(mkdtempSync(join(folder, 'home-')), {
        TEMPORAL_ADDRESS: `127.0.0.1:${portOf(server)}`,
        ...settings,
      });
      const place = { env, workspace: product.workspace };
      const worker = startBga(place, 'worker', '--queues', 'workspace-tls', '--health-port', '0');
      try {
        await worker.shows('is ready');
        const [, url = ''] = /health at (http:[\d./:]+\d)/.exec(worker.stderr()) ?? [];
        expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ready: true });
        // It calls no model, and needs no key for any.
        expect(worker.stderr()).not.toContain('No API key is set here');
      } finally {
        worker.child.kill('SIGTERM');
      }
      expect((await worker.ended).code).toBe(0);
    }),
  );
}, 60_000);

it('tells who is let in and may not do it what to ask for', async () => {
  const env = cleanEnv(mkdtempSync(join(folder, 'home-')), {
    TEMPORAL_ADDRESS: `127.0.0.1:${portOf(keyed)}`,
    ...tlsOf(undefined),
    TEMPORAL_API_KEY: GUEST_KEY,
  });
  const bga = (...args: string[]) => runBga(env, product.workspace, ...args);
  expect((await bga('list')).code).toBe(0);
  const spawned = await bga('spawn', 'anything');
  expect(spawned.code).toBe(3);
  expect(spawned.stderr).toContain(
    'does not allow you this in namespace background-agents (Request unauthorized.). Have its operator give you access',
  );
  // The namespace keeps less than that, which only its operator can change.
  const setUp = await bga('setup', '--retention', '90');
  expect(setUp.code).toBe(2);
  expect(setUp.stderr).toContain('does not let you keep what has ended for 90 days. Have its operator do it');
  const { checks } = JSON.parse((await bga('doctor', '--json')).stdout);
  expect(checks.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([
    {
      name: "workers' answers",
      ok: false,
      detail: expect.stringContaining('they could not be asked. Temporal at'),
      fix: 'Ask again once this client may start workflows there',
    },
  ]);
  expect(spawned.stderr + setUp.stderr).not.toContain(GUEST_KEY);
});

it('has doctor say the same', async () => {
  const env = cleanEnv(mkdtempSync(join(folder, 'home-')), {
    TEMPORAL_ADDRESS: `127.0.0.1:${portOf(mutual)}`,
    ...tlsOf('expired'),
  });
  const { code, stdout } = await runBga(env, product.workspace, 'doctor');
  expect(code).toBe(1);
  expect(stdout).toMatch(/FAIL {2}reachable: .*expired on/);
});
