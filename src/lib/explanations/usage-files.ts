import { explanations } from './explanation.ts';

const PROXIES = 'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html';

/** Files, the proxy, and fedctl itself. */
export const USAGE_FILE_EXPLANATIONS = explanations({
  'usage.unreadable-input': {
    meaning:
      'A file, or stdin, cannot be read: it is not there, is no regular file, is larger than any token, or this user may not.',
    shows: { fedctl: ['Cannot read "<file>":', 'Cannot read stdin:'] },
    causes: [
      'The path is one of another machine or container.',
      'It belongs to root, mode 0600.',
      'A whole log was given to decode.',
    ],
    apart: {
      'usage.unwritable-output': 'There a file cannot be written.',
      'jwt.not-a-jwt': 'There the file was read, and holds no token.',
    },
    type: ['ls -l <file>', 'id'],
    sources: ['open(2)'],
    evidence: 'provoked',
  },
  'usage.unwritable-output': {
    meaning:
      'The file cannot be written. It is written beside its place and renamed, so that no reader ever sees half of a token: the directory, too, has to allow it.',
    shows: { fedctl: 'Cannot write "<file>":' },
    causes: [
      'The directory does not exist or is read-only, as in many containers.',
      'The target is a directory or a device.',
    ],
    apart: {
      'usage.unreadable-input': 'There a file cannot be read.',
      'mongo.token-file-unusable': 'There the file that was written is no token.',
    },
    type: ['ls -ld <folder>', 'df <folder>', 'fedctl token --audience <audience> --out <another-file>'],
    sources: ['rename(2)'],
    evidence: 'provoked',
  },
  'net.proxy-invalid': {
    meaning:
      'HTTPS_PROXY or HTTP_PROXY names something that is no HTTP proxy. It is used for AWS and the issuer; the database knows SOCKS5 only, by proxyHost in the connection string.',
    shows: { fedctl: 'names no proxy that fedctl can use' },
    causes: [
      'The value has no scheme: proxy:3128 instead of http://proxy:3128.',
      'socks5:// where an HTTP proxy is wanted.',
    ],
    apart: {
      'aws.unreachable': 'There the proxy is one, and cannot be reached or wants a password.',
      'mongo.proxy-failed': 'The SOCKS5 proxy of the database.',
    },
    type: [
      'env | grep -i proxy',
      'export HTTPS_PROXY=http://<host>:<port>',
      'curl -sv -x "$HTTPS_PROXY" https://sts.amazonaws.com/',
    ],
    sources: [PROXIES],
    evidence: 'provoked',
  },
  'net.ca-bundle-invalid': {
    meaning:
      'AWS_CA_BUNDLE, ca_bundle of the AWS profile or REQUESTS_CA_BUNDLE, in this order, names a file that cannot be read or holds no certificates in PEM form.',
    shows: { fedctl: ['it holds no PEM certificate', 'certificate <n> in it is damaged'] },
    causes: ['The path is one of another machine or container.', 'The file is in DER form.', 'It was cut.'],
    apart: {
      'aws.tls-failed': 'There the bundle is good, and lacks the authority.',
      'issuer.tls-failed': 'The same on the way to the issuer.',
    },
    type: [
      'openssl x509 -in "$AWS_CA_BUNDLE" -noout -subject',
      'openssl x509 -inform der -in <file> -out <bundle>',
      'unset AWS_CA_BUNDLE',
    ],
    sources: ['https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html'],
    evidence: 'provoked',
  },
  'bug.unexpected': {
    meaning: 'Something happened that fedctl has no code for. It is a fault of fedctl, not yours.',
    shows: { fedctl: 'fedctl failed in a way it does not know' },
    causes: [
      'A case that nobody thought of.',
      'A broken installation: a package is missing or of another version.',
    ],
    apart: {
      'lab.demo-step-failed': 'The demo ends so when a step of it does not do what it should.',
      'aws.not-aws': 'An answer that nobody understands has a code of its own.',
    },
    type: ['fedctl --version', 'npm ls -g fedctl'],
    sources: ['README, section "Exit codes"'],
    evidence: 'provoked',
  },
});
