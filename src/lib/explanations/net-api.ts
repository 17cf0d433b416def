import { explanations } from './explanation.ts';
import { JWT } from './sources.ts';

const SHOW = 'fedctl check --audience <audience> --api <url>';
const BEARER = 'RFC 6750 section 3';

/** An HTTP API that takes the token. */
export const NET_API_EXPLANATIONS = explanations({
  'net.plaintext-refused': {
    meaning: 'fedctl sends no token over plain http to another machine: whoever is on the way could use it.',
    shows: { fedctl: 'Refused to send the token to <url>: it is not https, and <host> is not this machine.' },
    causes: ['http was typed for https.', 'A test environment without TLS.'],
    apart: {
      'mongo.plaintext-refused': 'The same rule for the database.',
      'aws.plaintext-refused': 'The same rule for AWS.',
    },
    type: ['fedctl check --audience <audience> --api https://<host>/<path>'],
    sources: ['RFC 6750 section 5.3'],
    evidence: 'provoked',
  },
  'net.api-redirected': {
    meaning:
      'The API answered with a redirect, and the token does not follow it: it would reach whoever the answer names.',
    shows: { curl: ['301 Moved Permanently', '302 Found', '308 Permanent Redirect'] },
    causes: [
      'A slash at the end of the path is missing or too many.',
      'http is sent on to https, or the bare domain to www.',
      'The API takes no token here, and sends browsers to its sign-in.',
    ],
    apart: {
      'net.api-refused': 'There the API has looked at the token.',
      'issuer.redirected': 'The same of an issuer.',
    },
    type: ['curl -sI <url>', SHOW],
    sources: ['RFC 9110 section 15.4'],
    evidence: 'provoked',
  },
  'net.api-refused': {
    meaning:
      'The API has seen the token and did not take it: 401 where it does not believe it, 403 where it knows who you are and does not let you.',
    shows: {
      'HTTP API': [
        'WWW-Authenticate: Bearer error="invalid_token"',
        'error="invalid_token"',
        '401 Unauthorized',
        '403 Forbidden',
      ],
    },
    causes: [
      'The API expects another audience, byte for byte.',
      'It does not trust the issuer of this account.',
      'It does not know the subject: the ARN of the role, with its path.',
      'It takes RS256 only, or one audience only.',
      'Its clock is wrong, or the token has ended.',
    ],
    apart: {
      'jwt.audience-mismatch': 'There verify says so, before anything is sent.',
      'net.api-failed': 'There the API has a fault, or there is nothing at this path.',
    },
    type: [
      'fedctl token --audience <audience> | fedctl decode',
      'fedctl token --audience <audience> | fedctl verify - --audience <audience>',
      SHOW,
    ],
    sources: [BEARER, `${JWT} section 7.2`],
    evidence: 'provoked',
  },
  'net.api-failed': {
    meaning: 'The API answered with an error that says nothing about the token.',
    shows: {
      'HTTP API': [
        '404 Not Found',
        '405 Method Not Allowed',
        '500 Internal Server Error',
        '502 Bad Gateway',
        '503 Service Unavailable',
      ],
    },
    causes: ['The path is another one.', 'It takes no GET there.', 'It, or what stands behind it, is down.'],
    apart: {
      'net.api-refused': 'There it is about the token.',
      'net.api-unreachable': 'There no answer comes.',
    },
    type: ['curl -sv <url>', SHOW],
    sources: ['RFC 9110 section 15'],
    evidence: 'provoked',
  },
  'net.api-unreachable': {
    meaning:
      'No connection to the API came about: its name does not resolve, its port refuses, or the connection was cut.',
    shows: {},
    alsoShows: { fedctl: '<host> cannot be reached: <reason>' },
    causes: [
      'A typing error.',
      'The API is inside a network that this machine is not in.',
      'HTTPS_PROXY is not set, or NO_PROXY lacks the host.',
    ],
    apart: {
      'net.api-timeout': 'There packets vanish.',
      'net.api-tls-failed': 'There the connection stands, and the certificate does not.',
    },
    type: ['curl -sv <url>', 'env | grep -i proxy'],
    sources: ['RFC 9110'],
    evidence: 'provoked',
  },
  'net.api-tls-failed': {
    meaning: 'The certificate of the API is not trusted here.',
    shows: {},
    alsoShows: { fedctl: 'No TLS connection to <host>' },
    causes: [
      'A private authority: name it by AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS.',
      'A proxy that inspects TLS.',
    ],
    apart: {
      'aws.tls-failed': 'The same on the way to AWS.',
      'net.api-unreachable': 'There no connection stands.',
    },
    type: ['openssl s_client -connect <host>:443 -showcerts </dev/null', 'export AWS_CA_BUNDLE=<file>'],
    sources: ['https://nodejs.org/api/tls.html#x509-certificate-error-codes'],
    evidence: 'provoked',
  },
  'net.api-timeout': {
    meaning: 'The API took the connection, or nobody did, and no answer came in time.',
    shows: {},
    alsoShows: { fedctl: 'gave no answer within <time>' },
    causes: ['A firewall drops packets.', 'The API waits for something behind it.'],
    apart: {
      'net.api-unreachable': 'There somebody says no at once.',
      'issuer.timeout': 'The API may wait for the keys of the issuer.',
    },
    type: ['curl -sv -m 5 <url>', `${SHOW} --timeout 60s`],
    sources: ['RFC 9110'],
    evidence: 'provoked',
  },
});
