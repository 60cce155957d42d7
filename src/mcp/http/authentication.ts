/** From a request to the caller on whose behalf it acts, or to the answer that tells how to become one. */
import { bearerOf } from './admission';
import { challenge } from './challenge';
import type { Issuer } from './issuer';
import { callerWith, type Tokens } from './tokens';

/** The name of the caller, or what is answered instead. */
export type Authenticate = (head: Request) => Promise<string | Response>;

/** @param tokens asked at each request: one that was added or removed counts at once. */
export function authentication(tokens: () => Tokens, issuer: Issuer | undefined): Authenticate {
  return async (head) => {
    const token = bearerOf(head);
    if (token === undefined)
      return challenge(
        'A token is needed: Authorization: Bearer … The user of this machine sees it with: bga mcp --http --show-token',
        issuer,
      );
    const owner = callerWith(token, tokens());
    if (owner !== undefined) return owner;
    const judged = await issuer?.judge(token);
    if (judged?.kind === 'admitted') return judged.owner;
    if (judged?.kind === 'refused') return judged.answer;
    return challenge('The token is wrong or no longer valid.', issuer, 'invalid_token');
  };
}
