import { explanations } from './explanation.ts';
import { DISCOVERY, IAM_INFO, OUTBOUND } from './sources.ts';

const DOCUMENT = 'curl -sv <issuer>/.well-known/openid-configuration';

/** The way to the issuer and what it serves. Facts of facts/aws.md, sections 1 and 4. */
export const ISSUER_EXPLANATIONS = explanations({
  'issuer.unknown': {
    meaning:
      'verify trusts one issuer and takes it from --issuer, FEDCTL_ISSUER, or the account of the caller. The issuer that the token names proves nothing: anybody can write it there.',
    shows: { fedctl: 'No issuer to trust: none is named, and your own account cannot be asked.' },
    causes: [
      'There are no AWS credentials here, as on the machine of a relying party.',
      'The principal lacks iam:GetOutboundWebIdentityFederationInfo.',
    ],
    apart: {
      'jwt.issuer-mismatch': 'There an issuer is trusted, and the token is of another one.',
      'iam.permission-missing': 'There status asks the same question and is refused.',
    },
    type: ['fedctl status', 'fedctl verify <file> --audience <audience> --issuer <issuer>'],
    sources: [IAM_INFO, 'RFC 8725 section 3.8'],
    evidence: 'provoked',
  },
  'issuer.plaintext-refused': {
    meaning:
      'Keys that come without TLS prove nothing. Plain http is taken for a pinned issuer on this machine only, as in the lab.',
    shows: { fedctl: 'is not https, and <host> is not this machine' },
    causes: ['An issuer of a test environment on another machine.', 'A typing error: http for https.'],
    apart: {
      'issuer.tls-failed': 'There TLS is asked for, and fails.',
      'issuer.redirected': 'A server that sends from http to https redirects.',
    },
    type: ['fedctl verify <file> --audience <audience> --issuer https://<host>'],
    sources: [`${DISCOVERY}#ProviderConfig`],
    evidence: 'provoked',
  },
  'issuer.unreachable': {
    meaning:
      'No connection to the issuer came about. The host of the issuer is on the public internet, and is not part of a VPC endpoint of STS.',
    shows: {
      'Node.js': 'getaddrinfo ENOTFOUND <id>.tokens.sts.global.api.aws',
      curl: 'Could not resolve host: <id>.tokens.sts.global.api.aws',
    },
    causes: [
      'A private subnet: minting works through the endpoint of STS, and the issuer is out of reach.',
      'The egress allow-list lacks *.tokens.sts.global.api.aws:443.',
      'The issuer was typed wrongly.',
    ],
    apart: {
      'issuer.timeout': 'There packets vanish.',
      'aws.unreachable': 'There STS or IAM is out of reach.',
    },
    type: [DOCUMENT, 'env | grep -i proxy', 'fedctl status --timeout 5s'],
    sources: [OUTBOUND, DISCOVERY],
    evidence: 'provoked',
  },
  'issuer.timeout': {
    meaning: 'The issuer, or whatever stands in its place, took the connection and did not answer in time.',
    shows: { fedctl: 'gave no whole answer within <time>' },
    causes: ['A firewall drops packets on the way out.', 'A proxy accepts and cannot get further.'],
    apart: {
      'issuer.unreachable': 'There somebody says no at once.',
      'issuer.http-status': 'There an answer comes, and is an error.',
    },
    type: [`${DOCUMENT} -m 5`, 'fedctl status --timeout 60s'],
    sources: [DISCOVERY],
    evidence: 'provoked',
  },
  'issuer.tls-failed': {
    meaning:
      'The certificate at the address of the issuer is not trusted here. AWS uses public authorities: something inspects TLS.',
    shows: { 'Node.js': 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    alsoShows: {
      'Node.js': ['unable to verify the first certificate', 'self-signed certificate in certificate chain'],
    },
    causes: ['A proxy that inspects TLS, whose authority is not in AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS.'],
    apart: {
      'aws.tls-failed': 'The same on the way to AWS.',
      'issuer.redirected': 'There TLS is good, and the answer sends elsewhere.',
    },
    type: ['openssl s_client -connect <host>:443 -showcerts </dev/null', 'export AWS_CA_BUNDLE=<file>'],
    sources: [DISCOVERY],
    evidence: 'provoked',
  },
  'issuer.redirected': {
    meaning:
      'The issuer answered with a redirect. It is not followed: whoever redirects would choose the keys to trust.',
    shows: { fedctl: 'redirects to <address>; fedctl does not follow' },
    causes: [
      'A captive portal or a proxy wants a sign-in.',
      'The issuer is a web site that sends on to www.',
    ],
    apart: {
      'issuer.not-json': 'There the page itself comes instead of the redirect.',
      'issuer.http-status': 'There the answer is an error.',
    },
    type: [DOCUMENT, 'env | grep -i proxy'],
    sources: [`${DISCOVERY}#ProviderConfigurationResponse`],
    evidence: 'provoked',
  },
  'issuer.http-status': {
    meaning:
      'The address answers with an error: there is no discovery document or key set. AWS keeps serving both while federation is disabled.',
    shows: {
      'Node.js, jose': 'Expected 200 OK from the JSON Web Key Set HTTP response',
      'Spring Security': 'Unable to resolve the Configuration with the provided Issuer of',
    },
    causes: [
      'The issuer is not one of AWS, or has a path or a slash too many.',
      'A proxy refuses the address (403).',
    ],
    apart: {
      'issuer.wrong-document': 'There a document comes, and it is another one.',
      'issuer.redirected': 'There the answer sends elsewhere.',
    },
    type: ['fedctl status', DOCUMENT],
    sources: [DISCOVERY, 'github.com/radkawar/stackd: keys are served while federation is disabled'],
    evidence: 'provoked',
  },
  'issuer.not-json': {
    meaning: 'The answer is a page or another text, where a JSON document is due.',
    shows: { 'Node.js': `SyntaxError: Unexpected token '<', "<!DOCTYPE` },
    alsoShows: { 'Node.js': 'is not valid JSON' },
    causes: [
      'A captive portal: a hotel, a train, a VPN that has gone to sleep.',
      'A proxy with a page of its own.',
    ],
    apart: {
      'issuer.wrong-document': 'There it is JSON, and of something else.',
      'aws.not-aws': 'The same on the way to AWS.',
    },
    type: [`${DOCUMENT} | head -5`, 'env | grep -i proxy'],
    sources: [DISCOVERY],
    evidence: 'provoked',
  },
  'issuer.too-large': {
    meaning:
      'What came is larger than any discovery document or key set: AWS serves a few kilobytes. It was not read further.',
    shows: { fedctl: 'The answer of <url> is larger than' },
    causes: [
      'The address is a download, not an issuer.',
      'Somebody tries to exhaust the memory of those who verify.',
    ],
    apart: {
      'issuer.not-json': 'There the answer is small, and no JSON.',
      'issuer.wrong-document': 'There the document is small, and another one.',
    },
    type: [`${DOCUMENT} -o /dev/null`],
    sources: [DISCOVERY],
    evidence: 'provoked',
  },
  'issuer.wrong-document': {
    meaning:
      'A document came that is not the one of this issuer: it names another issuer, or lacks the address of the keys, or the keys.',
    shows: {
      'oauth4webapi, openid-client': 'unexpected JSON attribute value encountered',
      'Go, go-oidc': 'oidc: issuer did not match the issuer returned by provider',
      'Spring Security': 'did not match the requested issuer',
    },
    causes: [
      'The issuer was entered with a slash at its end: the document names it without.',
      'A front end serves the document of another environment.',
    ],
    apart: {
      'jwt.issuer-mismatch': 'There the token, not the document, names another issuer.',
      'issuer.http-status': 'There no document comes.',
    },
    type: ['fedctl status', DOCUMENT],
    sources: [`${DISCOVERY}#ProviderConfigurationValidation`],
    evidence: 'provoked',
  },
});
