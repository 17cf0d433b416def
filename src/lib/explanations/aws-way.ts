import { explanations } from './explanation.ts';
import { NO_WAY_TO_AWS } from './sdk-texts.ts';
import { SDK_ENDPOINTS, SDK_SETTINGS, STS_ERRORS } from './sources.ts';

const PROXIES = 'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html';

/** The way to AWS, and answers that are none of AWS. Facts of facts/aws.md, sections 2.5 and 9. */
export const AWS_WAY_EXPLANATIONS = explanations({
  'aws.unreachable': {
    meaning:
      'No connection to the endpoint came about: the name does not resolve, the port refuses, or it was cut.',
    shows: NO_WAY_TO_AWS,
    causes: [
      'The machine may reach the internet through a proxy only, and HTTPS_PROXY is not set in this process.',
      'A private subnet without NAT and without the interface endpoint com.amazonaws.<region>.sts.',
      'A Region that does not exist becomes a host that does not exist.',
      'An endpoint override names a lab or an emulator that is gone.',
    ],
    apart: {
      'aws.timeout': 'There packets vanish: a firewall drops rather than refuses.',
      'aws.tls-failed': 'There the connection stands and the certificate does not.',
    },
    type: [
      'curl -sv https://sts.<region>.amazonaws.com/ -o /dev/null',
      'env | grep -iE "proxy|AWS_ENDPOINT"',
      'fedctl whoami --timeout 5s',
    ],
    sources: [PROXIES, SDK_ENDPOINTS],
    evidence: 'provoked',
  },
  'aws.tls-failed': {
    meaning:
      'The endpoint answered with a certificate that this machine does not trust. AWS uses public authorities, so something on the way shows its own.',
    shows: {
      'boto3, AWS CLI': [
        'SSL validation failed for https://<host>',
        '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed',
      ],
      'AWS SDK, Node.js': 'SELF_SIGNED_CERT_IN_CHAIN',
    },
    causes: [
      'A proxy that inspects TLS, whose authority only browsers know.',
      'AWS_CA_BUNDLE names a file without the authority, or one that is out of date.',
      'The program is one of the JavaScript SDK, which ignores AWS_CA_BUNDLE. fedctl reads it.',
    ],
    apart: {
      'mongo.tls-untrusted': 'The same, on the way to the database: there tlsCAFile names the authority.',
      'net.ca-bundle-invalid': 'There AWS_CA_BUNDLE itself cannot be used.',
    },
    type: [
      'openssl s_client -connect sts.<region>.amazonaws.com:443 -showcerts </dev/null',
      'export AWS_CA_BUNDLE=<file>',
      'export NODE_EXTRA_CA_CERTS=<file>',
    ],
    sources: [SDK_SETTINGS, 'seen with the JavaScript SDK 3.1169.0'],
    evidence: 'provoked',
  },
  'aws.timeout': {
    meaning: 'The connection was accepted or swallowed, and no whole answer came within --timeout.',
    shows: {
      'AWS SDK for JavaScript': [
        'TimeoutError: Connection timed out after <ms> ms',
        'Socket timed out without establishing a connection',
      ],
      'boto3, AWS CLI': ['Connect timeout on endpoint URL', 'Read timeout on endpoint URL'],
    },
    causes: [
      'A firewall or security group drops packets on port 443, often on the interface endpoint of STS.',
      'A proxy accepts and then cannot get further.',
      'The first step is not STS but the credentials: the metadata service of a container does not answer.',
    ],
    apart: {
      'aws.unreachable': 'There somebody says no at once.',
      'aws.sdk.metadata-timeout': 'There the address is 169.254.169.254: credentials, not STS.',
    },
    type: [
      'curl -sv -m 5 https://sts.<region>.amazonaws.com/ -o /dev/null',
      'fedctl whoami --timeout 60s --verbose',
    ],
    sources: [SDK_ENDPOINTS, PROXIES],
    evidence: 'provoked',
  },
  'aws.throttled': {
    meaning:
      'The account is over the rate that AWS allows. STS counts 600 requests a second for an account and Region, over AssumeRole, GetCallerIdentity and others together; no number is published for GetWebIdentityToken.',
    shows: { AWS: ['Rate exceeded', 'ThrottlingException', 'RequestLimitExceeded'] },
    alsoShows: { AWS: 'Throttling' },
    causes: [
      'Every request of a program mints a token of its own instead of sharing one until it is near its end.',
      'A storm of new connections with MONGODB-AWS: each of them is a GetCallerIdentity.',
      'Another workload of the account uses up the rate.',
    ],
    apart: {
      'aws.service-failed': 'There the fault is on the side of AWS (HTTP 500).',
      'mongo.driver.connection-storm': 'There the server asks STS, and programs see a refused login.',
    },
    type: [
      'fedctl token --audience <audience>',
      'aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=GetWebIdentityToken',
    ],
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html', STS_ERRORS],
    evidence: 'provoked',
  },
  'aws.service-failed': {
    meaning: 'AWS answered with a fault of its own (HTTP 5xx), also when it was asked again.',
    shows: { AWS: ['InternalFailure', 'ServiceUnavailable', 'InternalServerError'] },
    causes: [
      'Federation was enabled or disabled some seconds ago: STS answers so while it learns of it.',
      'The service has an outage in this Region.',
    ],
    apart: {
      'aws.not-aws': 'There the answer is not even one of AWS: a proxy answers 502 or 503 with HTML.',
      'iam.propagation-timeout': 'There enable has waited for this to end.',
    },
    type: [
      'fedctl status',
      'fedctl enable --wait-timeout 3m',
      'fedctl token --audience <audience> --region <another-region>',
    ],
    sources: [
      STS_ERRORS,
      'https://health.aws.amazon.com/health/status',
      'github.com/radkawar/stackd: outbound lifecycle observations',
    ],
    evidence: 'provoked',
  },
  'aws.not-aws': {
    meaning: 'Something answered in the place of AWS: a page, a redirect, or nothing where XML was due.',
    shows: {
      'AWS SDK for JavaScript': [
        '@aws-sdk XML parse error',
        'Deserialization error: to see the raw response, inspect the hidden field',
      ],
      'boto3, AWS CLI': 'Unable to parse response',
    },
    causes: [
      'A guest network or a VPN that wants a sign-in first.',
      'A proxy that answers with an error page of its own.',
      'An endpoint override that leads to another service, or an emulator that does not know the call.',
    ],
    apart: {
      'aws.service-failed': 'There AWS itself answers, with an error in its own form.',
      'issuer.not-json': 'The same on the way to the issuer.',
    },
    type: ['curl -sv https://sts.<region>.amazonaws.com/', 'env | grep -iE "proxy|AWS_ENDPOINT"'],
    sources: ['seen with the JavaScript SDK 3.1169.0', SDK_ENDPOINTS],
    evidence: 'provoked',
  },
});
