/** An OAuth issuer on loopback: its metadata, its published keys, and tokens by them. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface TestIssuer {
  url: string;
  /** Claims in addition to the usual ones, or in their place; undefined leaves one out. */
  token(claims: Record<string, unknown>, head?: Record<string, unknown>): string;
  close(): Promise<void>;
}

const KEY_ID = 'first';
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function startIssuer(audience: () => string): Promise<TestIssuer> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = createServer((request, response) => {
    const answers: Record<string, object> = {
      '/.well-known/oauth-authorization-server/tenant': { issuer: url, jwks_uri: `${origin}/keys` },
      '/keys': { keys: [jwk(keys.publicKey)] },
    };
    const answer = answers[request.url ?? ''];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const url = `${origin}/tenant`;
  return {
    url,
    token(claims, head = {}) {
      const seconds = Math.floor(Date.now() / 1000);
      const usual = { iss: url, aud: audience(), sub: 'alice', iat: seconds, exp: seconds + 600 };
      const signed = `${base64({ alg: 'RS256', typ: 'at+jwt', kid: KEY_ID, ...head })}.${base64({ ...usual, ...claims })}`;
      return `${signed}.${createSign('RSA-SHA256').update(signed).sign(keys.privateKey, 'base64url')}`;
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function jwk(key: KeyObject) {
  return { ...key.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: KEY_ID };
}
