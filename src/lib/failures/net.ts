import { EXIT } from '../exit-codes.ts';
import { catalogue } from './failure.ts';

/** An HTTP API that takes the token. */
export const NET_FAILURES = catalogue({
  'net.plaintext-refused': {
    title: 'refused to send a token without TLS',
    cause:
      'The API is not on this machine and its URL is not https: whoever is on the way could use the token.',
    remedy: 'give the https URL of the API',
    exit: EXIT.usage,
  },
  'net.api-redirected': {
    title: 'the API redirects',
    cause: 'A token must not follow a redirect: it would reach whoever the answer names.',
    remedy: 'give the URL that the API really answers at, its path and trailing slash included',
    exit: EXIT.unreachable,
  },
  'net.api-refused': {
    title: 'the API refused the token',
    cause:
      'The API expects another issuer or audience, does not know the subject, or finds the token expired.',
    remedy:
      'compare issuer, audience and subject with what the API expects: fedctl token --audience <audience> | fedctl decode',
    exit: EXIT.refused,
  },
  'net.api-failed': {
    title: 'the API answered with an error',
    cause: 'There is nothing at this path, the API takes no GET there, or it has a fault of its own.',
    remedy: 'curl -v <url>',
    exit: EXIT.unreachable,
  },
  'net.api-unreachable': {
    title: 'the API cannot be reached',
    cause: 'The name did not resolve, nothing listens there, or the connection broke.',
    remedy: 'curl -v <url>',
    exit: EXIT.unreachable,
  },
  'net.api-tls-failed': {
    title: 'the TLS connection to the API failed',
    cause:
      'The certificate presented is not trusted here: that of a private CA, or of a proxy that inspects TLS.',
    remedy: 'export AWS_CA_BUNDLE=<file with the CA>',
    exit: EXIT.unreachable,
  },
  'net.api-timeout': {
    title: 'the API did not answer in time',
    cause: 'The connection was accepted or swallowed, but no answer came.',
    remedy: 'curl -v <url>',
    exit: EXIT.unreachable,
  },
});
