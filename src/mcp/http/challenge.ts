import { refusal } from './reply';

/** What tells a client how to get a token that is accepted. */
export interface TokenPlace {
  metadataUrl: string;
  scopes: readonly string[];
}

type Fault = 'invalid_token' | 'insufficient_scope';

/** "Who are you?" (RFC 6750), or with `insufficient_scope` "you may not". */
export function challenge(message: string, place: TokenPlace | undefined, fault?: Fault): Response {
  const fields = [
    'realm="background-agents"',
    ...(fault === undefined ? [] : [`error="${fault}"`]),
    ...(place ? [`resource_metadata="${place.metadataUrl}"`] : []),
    ...(place?.scopes.length ? [`scope="${place.scopes.join(' ')}"`] : []),
  ];
  const status = fault === 'insufficient_scope' ? 403 : 401;
  return refusal(status, message, { 'www-authenticate': `Bearer ${fields.join(', ')}` });
}
