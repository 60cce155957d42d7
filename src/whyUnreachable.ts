/** Why a server cannot be reached, by what its port does: gRPC's client says only that no connection came to be in time. */
import { X509Certificate } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, createSecureContext } from 'node:tls';

export interface Endpoint {
  address: string;
  /** As the client of Temporal takes it; absent: without TLS. */
  tls?: TlsSettings | boolean | null | undefined;
}

interface TlsSettings {
  serverNameOverride?: string | undefined;
  serverRootCACertificate?: Uint8Array | undefined;
  clientCertPair?: { crt: Uint8Array; key: Uint8Array } | undefined;
}

export interface Reason {
  why: string;
  /** What to do, where it is clear. */
  fix?: string;
}

const PATIENCE_MS = 2_000;
/** In TLS 1.3 a client is done before the server has looked at its certificate. */
const SECOND_THOUGHTS_MS = 500;

const SET_CERTIFICATE =
  'Set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH, or "client_cert_path" and "client_key_path" of the profile.';
const SET_CA =
  'Set TEMPORAL_TLS_SERVER_CA_CERT_PATH, or "server_ca_cert_path" of the profile, to the certificate of who signed it.';

export async function whyUnreachable({ address, tls }: Endpoint): Promise<Reason | undefined> {
  const { host, port } = placeOf(address);
  if (tls) return whyNoTls(host, port, tls === true ? {} : tls);
  const failure = await failureOf(connectTcp({ host, port }), 'connect', 0);
  if (failure !== undefined) return noPort(failure, host);
  // It takes connections: perhaps it waits for a handshake.
  const secure = connectTls({ host, port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  const refused = await failureOf(secure, 'secureConnect', 0);
  return refused === undefined || /ALERT/.test(refused)
    ? { why: 'It speaks TLS, and none is configured.', fix: `Set TEMPORAL_TLS=true. ${SET_CERTIFICATE}` }
    : undefined;
}

async function whyNoTls(host: string, port: number, settings: TlsSettings): Promise<Reason | undefined> {
  const { clientCertPair, serverNameOverride, serverRootCACertificate: ca } = settings;
  const own = problemWithOwn(clientCertPair);
  if (own) return own;
  const failure = await failureOf(
    connectTls({
      host,
      port,
      ALPNProtocols: ['h2'],
      ...(serverNameOverride === undefined ? {} : { servername: serverNameOverride }),
      ...(ca === undefined ? {} : { ca: Buffer.from(ca) }),
      ...pairOf(clientCertPair),
    }),
    'secureConnect',
    SECOND_THOUGHTS_MS,
  );
  return failure === undefined ? undefined : (noPort(failure, host) ?? noHandshake(failure, clientCertPair));
}

function noPort(code: string, host: string): Reason | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return { why: 'Nothing listens there.' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        why: `There is no host ${host}.`,
        fix: 'Check TEMPORAL_ADDRESS, or "address" of the profile.',
      };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { why: `There is no way to host ${host}.` };
    case 'TIMEOUT':
      return { why: `It does not answer within ${PATIENCE_MS / 1000} s, perhaps because of a firewall.` };
    default:
      return undefined;
  }
}

function noHandshake(code: string, pair: TlsSettings['clientCertPair']): Reason {
  if (code === 'CERT_HAS_EXPIRED')
    return { why: "The server's certificate has expired.", fix: 'Its operator has to renew it.' };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      why: "The server's certificate is for another name.",
      fix: 'Set TEMPORAL_TLS_SERVER_NAME to a name that it has, or "server_name" of the profile.',
    };
  if (/SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_SIGNATURE_FAILURE/.test(code))
    return { why: "The server's certificate is not signed by anybody who is trusted here.", fix: SET_CA };
  if (/WRONG_VERSION|PACKET_LENGTH|HTTP_REQUEST|EPROTO/.test(code))
    return {
      why: 'It does not speak TLS, and TLS is configured.',
      fix: 'Take TEMPORAL_TLS, the certificates and the API key out of the environment or profile.',
    };
  const why = pair
    ? `The server does not accept the client certificate (${subjectOf(pair)}).`
    : 'The server wants a client certificate, and none is configured.';
  return { why, fix: SET_CERTIFICATE };
}

/** What can be seen of the client's own certificate without asking anybody. */
function problemWithOwn(pair: TlsSettings['clientCertPair']): Reason | undefined {
  if (!pair) return undefined;
  try {
    createSecureContext(pairOf(pair));
    const { validTo } = new X509Certificate(pair.crt);
    if (Date.parse(validTo) > Date.now()) return undefined;
    return {
      why: `The client certificate (${subjectOf(pair)}) expired on ${validTo}.`,
      fix: 'Have it renewed.',
    };
  } catch (error) {
    const why =
      error instanceof Error && /mismatch/i.test(error.message) ? 'do not belong together' : 'cannot be read';
    return { why: `The client certificate and its key ${why}.`, fix: SET_CERTIFICATE };
  }
}

function pairOf(pair: TlsSettings['clientCertPair']): Pick<ConnectionOptions, 'cert' | 'key'> {
  return pair ? { cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) } : {};
}

function subjectOf({ crt }: { crt: Uint8Array }): string {
  return new X509Certificate(crt).subject.replaceAll('\n', ', ');
}

/** The code of what went wrong until `event`, or within `longerMs` after it; undefined when nothing did. */
function failureOf(socket: Socket, event: string, longerMs: number): Promise<string | undefined> {
  return new Promise<string | undefined>((resolve) => {
    socket.setTimeout(PATIENCE_MS, () => resolve('TIMEOUT'));
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    socket.once('close', () => resolve('CLOSED'));
    socket.once(event, () => setTimeout(() => resolve(undefined), longerMs));
  }).finally(() => socket.destroy());
}

function placeOf(address: string): { host: string; port: number } {
  const [, host = address, port] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  return { host, port: Number(port ?? 7233) };
}
