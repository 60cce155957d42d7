/** Access tokens of an OAuth issuer: JWTs that its published keys verify (RFC 9068), and where clients get them (RFC 9728). */
import { createHash } from 'node:crypto';
import { getOAuthProtectedResourceMetadataUrl } from '@modelcontextprotocol/server';
import type { HttpSettings } from '../../config/config';
import { challenge, type TokenPlace } from './challenge';
import { json, later } from './reply';

export interface Issuer extends TokenPlace {
  /** The answer to a request for that; undefined for others. */
  metadata(head: Request): Response | undefined;
  judge(token: string): Promise<Judgement>;
}

type Judgement =
  | { kind: 'admitted'; owner: string }
  | { kind: 'refused'; answer: Response }
  /** No token of this issuer at all. */
  | { kind: 'strange' };

/** Keys that anybody may know sign nothing: no `HS…`, and no `none`. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const CLOCK_SKEW_S = 30;
const FETCH_TIMEOUT_MS = 5_000;
const RETRY_MS = 5_000;
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

type IssuerSettings = Pick<HttpSettings, 'audience' | 'jwksUrl' | 'scopes'> & { issuer: string };

/** @param resource the address of this server, as clients know it */
export async function openIssuer(settings: IssuerSettings, resource: URL): Promise<Issuer> {
  const { errors, jwtVerify, createRemoteJWKSet } = await import('jose');
  const { issuer, scopes, audience = resource.href } = settings;
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;
  const place = { metadataUrl: getOAuthProtectedResourceMetadataUrl(resource), scopes };

  /** Looked up at the first token, and again until it is found: the issuer may start after this server. */
  async function keysOf() {
    keys ??= createRemoteJWKSet(new URL(settings.jwksUrl ?? (await discover(issuer))), {
      timeoutDuration: FETCH_TIMEOUT_MS,
    });
    return keys;
  }

  async function verify(token: string): Promise<Judgement> {
    const { payload } = await jwtVerify(token, await keysOf(), {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: CLOCK_SKEW_S,
    });
    const granted = scopesOf(payload);
    const missing = scopes.filter((scope) => !granted.includes(scope));
    if (missing.length > 0) {
      const text = `The token lacks ${missing.join(' and ')}. Ask ${issuer} for one with it.`;
      return { kind: 'refused', answer: challenge(text, place, 'insufficient_scope') };
    }
    return { kind: 'admitted', owner: ownerOf(payload.sub ?? '') };
  }

  return {
    ...place,
    metadata(head) {
      const { pathname } = new URL(head.url);
      const own = [WELL_KNOWN, `${WELL_KNOWN}${new URL(resource).pathname}`];
      if (!own.includes(pathname)) return undefined;
      return json({
        resource: resource.href,
        authorization_servers: [issuer],
        bearer_methods_supported: ['header'],
        ...(scopes.length > 0 ? { scopes_supported: scopes } : {}),
        resource_name: 'background-agents',
      });
    },
    async judge(token) {
      if (token.split('.').length !== 3) return { kind: 'strange' };
      try {
        return await verify(token);
      } catch (error) {
        const isItsFault = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout);
        if (!isItsFault)
          return { kind: 'refused', answer: later(503, `The keys of ${issuer} cannot be read.`, RETRY_MS) };
        const why =
          error instanceof errors.JWTExpired
            ? 'The token has expired.'
            : `The token is not one of ${issuer} for ${audience}.`;
        return { kind: 'refused', answer: challenge(why, place, 'invalid_token') };
      }
    },
  };
}

/** The colon keeps it apart from the names of tokens. Search attributes hold 255 characters. */
function ownerOf(subject: string): string {
  const owner = `oauth:${subject}`;
  return owner.length <= 200 ? owner : `oauth:${createHash('sha256').update(subject).digest('hex')}`;
}

function scopesOf({ scope, scp }: Record<string, unknown>): string[] {
  if (typeof scope === 'string') return scope.split(' ');
  if (typeof scp === 'string') return scp.split(' ');
  return Array.isArray(scp) ? scp.map(String) : [];
}

/** RFC 8414, and OpenID Connect's own. */
async function discover(issuer: string): Promise<string> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const places = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
  for (const place of places) {
    const found = await fetch(place, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    const { jwks_uri: keys }: { jwks_uri?: unknown } = found.ok ? Object(await found.json()) : {};
    if (typeof keys === 'string') return keys;
  }
  throw new Error(`Neither ${places.join(' nor ')} names its keys.`);
}
