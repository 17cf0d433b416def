import { EXIT } from '../exit-codes.ts';
import { catalogue } from './failure.ts';

/** The token itself and the issuer it names. `jwt.*` codes below `jwt.not-a-jwt` are the faults that `verify` lists. */
export const TOKEN_FAILURES = catalogue({
  'jwt.not-a-jwt': {
    title: 'not a JWT',
    cause: 'The text is not three base64url parts of which the first two are JSON objects.',
    remedy: 'fedctl token --audience <audience> | fedctl decode',
    exit: EXIT.usage,
  },
  'jwt.signature-invalid': {
    title: 'the signature does not match',
    cause: 'Another key signed the token, or it was changed afterwards.',
    remedy: 'Mint a new token and compare its issuer: fedctl token --audience <audience> | fedctl decode',
    exit: EXIT.answeredNo,
  },
  'jwt.algorithm-refused': {
    title: 'the algorithm is not accepted',
    cause:
      'AWS signs with RS256 or ES384 only; anything else, and `none` above all, is an attack or a mistake.',
    remedy: 'mint the token with --signing-algorithm RS256',
    exit: EXIT.answeredNo,
  },
  'jwt.key-unknown': {
    title: 'the issuer has no such key',
    cause: 'The key id of the token is not among the keys the issuer publishes.',
    remedy: 'mint a new token; if it persists, the token comes from another issuer',
    exit: EXIT.answeredNo,
  },
  'jwt.key-weak': {
    title: 'the key of the issuer is too weak',
    cause: 'The issuer publishes a key with which others than the issuer can sign.',
    remedy: 'tell whoever runs the issuer to publish a new key, and mint a new token',
    exit: EXIT.answeredNo,
  },
  'jwt.type-refused': {
    title: 'the token type is not JWT',
    cause: 'The header says another `typ`; MongoDB refuses such tokens.',
    remedy: 'use the token as GetWebIdentityToken returned it',
    exit: EXIT.answeredNo,
  },
  'jwt.header-refused': {
    title: 'the header asks for something unknown',
    cause:
      'The header lists an extension under `crit` that every verifier must refuse if it does not know it.',
    remedy: 'use the token as GetWebIdentityToken returned it',
    exit: EXIT.answeredNo,
  },
  'jwt.issuer-mismatch': {
    title: 'another issuer',
    cause:
      'The token was issued by another account, or the issuer is spelled differently (a trailing slash counts).',
    remedy: 'fedctl status   (prints the issuer of the account)',
    exit: EXIT.answeredNo,
  },
  'jwt.audience-mismatch': {
    title: 'another audience',
    cause: 'The token was minted for somebody else.',
    remedy: 'fedctl token --audience <the audience expected>',
    exit: EXIT.answeredNo,
  },
  'jwt.subject-mismatch': {
    title: 'another subject',
    cause: 'The token speaks for another IAM principal.',
    remedy: 'fedctl whoami   (prints the role behind the session)',
    exit: EXIT.answeredNo,
  },
  'jwt.expired': {
    title: 'expired',
    cause: 'Tokens live an hour at most and are not renewed.',
    remedy: 'fedctl token --audience <audience>',
    exit: EXIT.answeredNo,
  },
  'jwt.not-yet-valid': {
    title: 'not valid yet',
    cause: 'The token was issued in the future: a clock is wrong.',
    remedy: 'timedatectl set-ntp true   (or set the clock)',
    exit: EXIT.answeredNo,
  },
  'jwt.claim-missing': {
    title: 'a claim is missing or has the wrong type',
    cause: 'The token was not issued by AWS outbound federation.',
    remedy: 'fedctl token --audience <audience> | fedctl decode',
    exit: EXIT.answeredNo,
  },
  'issuer.unknown': {
    title: 'no issuer to trust',
    cause:
      'verify trusts one issuer: --issuer, FEDCTL_ISSUER, or that of your own account, and none of them is known.',
    remedy: 'fedctl verify --issuer <https://…> --audience <audience>',
    exit: EXIT.usage,
  },
  'issuer.plaintext-refused': {
    title: 'the issuer is not https',
    cause:
      'Keys fetched without TLS prove nothing; plain http is accepted for a pinned issuer on this machine only.',
    remedy: 'fedctl verify --issuer <https://…> --audience <audience>',
    exit: EXIT.usage,
  },
  'issuer.unreachable': {
    title: 'the issuer cannot be reached',
    cause: 'The name did not resolve, nothing listens there, or the connection broke.',
    remedy: 'curl -v <issuer>/.well-known/openid-configuration',
    exit: EXIT.unreachable,
  },
  'issuer.timeout': {
    title: 'the issuer did not answer in time',
    cause: 'The connection was accepted or swallowed, but no whole answer came.',
    remedy: 'curl -v <issuer>/.well-known/openid-configuration',
    exit: EXIT.unreachable,
  },
  'issuer.tls-failed': {
    title: 'the TLS connection to the issuer failed',
    cause: 'The certificate presented is not trusted here: often a proxy that inspects TLS.',
    remedy: 'export AWS_CA_BUNDLE=<file with the proxy CA>',
    exit: EXIT.unreachable,
  },
  'issuer.redirected': {
    title: 'the issuer redirects',
    cause: 'An issuer answers itself: a redirect would let another host decide which keys to trust.',
    remedy: 'curl -v <issuer>/.well-known/openid-configuration   (often a captive portal or a wrong issuer)',
    exit: EXIT.unreachable,
  },
  'issuer.http-status': {
    title: 'the issuer answered with an error',
    cause: 'There is no discovery document or key set at this address.',
    remedy: 'curl -v <issuer>/.well-known/openid-configuration',
    exit: EXIT.unreachable,
  },
  'issuer.not-json': {
    title: 'the issuer did not answer with JSON',
    cause: 'The answer is HTML or something else: a captive portal, a proxy or a wrong address.',
    remedy: 'curl -v <issuer>/.well-known/openid-configuration',
    exit: EXIT.unreachable,
  },
  'issuer.too-large': {
    title: 'the answer of the issuer is too large',
    cause: 'A discovery document or key set of AWS is a few kilobytes; this is something else.',
    remedy: 'curl -v <issuer>/.well-known/openid-configuration',
    exit: EXIT.unreachable,
  },
  'issuer.wrong-document': {
    title: 'not the document expected',
    cause: 'The document lacks what a relying party needs, or names another issuer than the one asked.',
    remedy: 'compare the issuer byte for byte, a trailing slash included: fedctl status',
    exit: EXIT.unreachable,
  },
});
