import { FedctlError } from '../core/errors.ts';
import type { Fault } from '../jwt/fault.ts';

const NAMES: Readonly<Record<string, string>> = {
  iss: 'issuer',
  aud: 'audience',
  sub: 'subject',
  exp: 'expiration',
  alg: 'algorithm',
  kid: 'key ID',
};

/**
 * Converts a token fault to a failure. The message shows the actual and the expected value in one sentence.
 */
export function tokenFault({ code, claim, expected, seen }: Fault): FedctlError {
  const about = claim === null ? 'The token' : `The ${NAMES[claim] ?? claim} of the token`;
  const is = seen === null ? 'is missing' : `is ${seen}`;
  return new FedctlError(code, {
    message: `${about} ${is}; expected ${expected}.`,
    details: { claim, expected, seen },
  });
}
