// Each row has an environment, files and the expected outcome of each program. An outcome is the access key ID that the
// fake STS receives, or the kind of a failure. kinds.js derives the kind from the text that the program prints.

const id = (name) => `AKIA${name.toUpperCase()}0000000000000000`.slice(0, 20);
const session = (name) => id(name).replace(/^AK/, 'AS');
const keys = (key, more = '') => `aws_access_key_id = ${key}\naws_secret_access_key = secret\n${more}`;
const inEnvironment = (key) => ({ AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: 'secret' });
const TOKEN = 'webidentitytoken';
const assumed = (role, by) => `ASIA${role}BY${by}`.toUpperCase().replace(/[^A-Z0-9]/g, '');
const role = (name, more) => `role_arn = arn:aws:iam::123456789012:role/${name}\n${more}`;
const printed = (key, more = {}) =>
  JSON.stringify({ Version: 1, AccessKeyId: key, SecretAccessKey: 'secret', ...more });
const hours = (count) => new Date(Date.now() + count * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');

const [A, B, C, P] = [id('A'), id('B'), id('C'), id('PROCESS')];
const ENVIRONMENT = id('ENV');
const ALL = ['fedctl', 'sdk', 'boto3', 'v1', 'v2'];
/** Debian's AWS CLI version 2 ignores the endpoint variables of STS (for assumed roles) and of the SSO portal. */
const NO_V2 = ALL.filter((witness) => witness !== 'v2');

/** Reasons for differences that several rows have in common. */
const FOLDED =
  'The JavaScript SDK returns the same general message for every error. fedctl reports the cause.';
const GOES_ON =
  'If a credential provider fails, the JavaScript SDK continues with the next provider. The program can then run as the wrong principal.';
const IGNORES_DEFAULT_PROFILE = 'The JavaScript SDK ignores AWS_DEFAULT_PROFILE. The AWS CLI reads it.';
const PROFILE_FIRST =
  'If AWS_PROFILE is set, the JavaScript SDK ignores keys in the environment. fedctl uses the keys, as the AWS CLI does, and prints a note.';
const AS_AWS_ANSWERS =
  'AWS responds with InvalidClientTokenId. fedctl detects the mistake from the prefix of the access key ID.';
const LOADER = 'The INI parser of the JavaScript SDK does not support this syntax, but the AWS CLI does.';
const MERGES =
  'The JavaScript SDK merges the settings of both files, even if the settings belong to different access keys.';

const rows = [];
let group = '';
/**
 * @param expected the outcome for all witnesses of the row
 * @param differs the different outcomes by witness; `why` is the reason for fedctl's behavior
 */
function row(name, setting, expected, { differs = {}, why, witnesses = ALL } = {}) {
  rows.push({ group, name, ...setting, expected, differs, why, witnesses });
}
const sdk = (outcome, why = FOLDED) => ({ differs: { sdk: outcome }, why });

group = 'environment';
row('keys', { env: inEnvironment(ENVIRONMENT) }, ENVIRONMENT);
row(
  'keys beat the default profile',
  { env: inEnvironment(ENVIRONMENT), credentials: `[default]\n${keys(A)}` },
  ENVIRONMENT,
);
row('a session', { env: { ...inEnvironment(session('ENV')), AWS_SESSION_TOKEN: 'token' } }, session('ENV'));
row(
  'AWS_SECURITY_TOKEN, the older name of AWS_SESSION_TOKEN',
  { env: { ...inEnvironment(session('ENV')), AWS_SECURITY_TOKEN: 'token' } },
  session('ENV'),
  sdk('refused', 'The JavaScript SDK ignores AWS_SECURITY_TOKEN. The AWS CLI reads it.'),
);
row(
  'access key ID without a secret access key',
  { env: { AWS_ACCESS_KEY_ID: ENVIRONMENT } },
  'half-set',
  sdk('no-credentials'),
);
row(
  'access key ID without a secret access key, and a default profile',
  { env: { AWS_ACCESS_KEY_ID: ENVIRONMENT }, credentials: `[default]\n${keys(A)}` },
  'half-set',
  sdk(A, GOES_ON),
);
row(
  'secret access key without an access key ID, and a default profile',
  { env: { AWS_SECRET_ACCESS_KEY: 'secret' }, credentials: `[default]\n${keys(A)}` },
  'half-set',
  {
    differs: { sdk: A, boto3: A, v1: A, v2: A },
    why: 'The other clients ignore the secret access key and use the default profile. An incomplete key is always a mistake, so fedctl stops.',
  },
);
row(
  'empty variables',
  {
    env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '' },
    credentials: `[default]\n${keys(A)}`,
  },
  A,
);
row(
  'long-term key with a session token',
  { env: { ...inEnvironment(ENVIRONMENT), AWS_SESSION_TOKEN: 'left over' } },
  'half-set',
  { differs: { sdk: 'refused', boto3: 'refused', v1: 'refused', v2: 'refused' }, why: AS_AWS_ANSWERS },
);
row('access key of a session, but no session token', { env: inEnvironment(session('ENV')) }, 'half-set', {
  differs: { sdk: 'refused', boto3: 'refused', v1: 'refused', v2: 'refused' },
  why: AS_AWS_ANSWERS,
});
row(
  'long-term key, and an AWS_CREDENTIAL_EXPIRATION in the past',
  { env: { ...inEnvironment(ENVIRONMENT), AWS_CREDENTIAL_EXPIRATION: '2026-01-01T00:00:00Z' } },
  ENVIRONMENT,
  {
    differs: { boto3: 'expired', v1: 'expired', v2: 'expired' },
    why: 'A long-term key never expires, so the variable belongs to an earlier session. The AWS CLI stops and does not name the variable.',
  },
);
row(
  'session credentials, and an AWS_CREDENTIAL_EXPIRATION in the past',
  {
    env: {
      ...inEnvironment(session('ENV')),
      AWS_SESSION_TOKEN: 'token',
      AWS_CREDENTIAL_EXPIRATION: '2026-01-01T00:00:00Z',
    },
  },
  'expired',
  sdk(
    session('ENV'),
    'The JavaScript SDK signs with the expired session credentials, and AWS rejects the request.',
  ),
);

group = 'choice of the profile';
const TWO = { credentials: `[default]\n${keys(A)}[b]\n${keys(B)}` };
row('default', TWO, A);
row('--profile', { ...TWO, profile: 'b' }, B);
row('AWS_PROFILE', { ...TWO, env: { AWS_PROFILE: 'b' } }, B);
row('AWS_DEFAULT_PROFILE', { ...TWO, env: { AWS_DEFAULT_PROFILE: 'b' } }, B, sdk(A, IGNORES_DEFAULT_PROFILE));
row(
  'AWS_DEFAULT_PROFILE and AWS_PROFILE',
  { credentials: `${TWO.credentials}[c]\n${keys(C)}`, env: { AWS_PROFILE: 'c', AWS_DEFAULT_PROFILE: 'b' } },
  C,
  {
    differs: { boto3: B, v1: B },
    why: 'boto3 and version 1 of the AWS CLI prefer AWS_DEFAULT_PROFILE. fedctl prefers AWS_PROFILE, as version 2 does.',
  },
);
row('--profile beats AWS_PROFILE', { ...TWO, profile: 'b', env: { AWS_PROFILE: 'default' } }, B);
row('--profile beats keys in the environment', { ...TWO, profile: 'b', env: inEnvironment(ENVIRONMENT) }, B);
row(
  'keys in the environment, and AWS_PROFILE',
  { ...TWO, env: { ...inEnvironment(ENVIRONMENT), AWS_PROFILE: 'b' } },
  ENVIRONMENT,
  sdk(B, PROFILE_FIRST),
);
row(
  'AWS_PROFILE with an unknown profile',
  { ...TWO, env: { AWS_PROFILE: 'nobody' } },
  'unknown-profile',
  sdk('no-credentials'),
);
row(
  'AWS_DEFAULT_PROFILE with an unknown profile',
  { ...TWO, env: { AWS_DEFAULT_PROFILE: 'nobody' } },
  'unknown-profile',
  sdk(A, IGNORES_DEFAULT_PROFILE),
);
row(
  '--profile with an unknown profile',
  { ...TWO, profile: 'nobody' },
  'unknown-profile',
  sdk('no-credentials'),
);
row('empty AWS_PROFILE', { ...TWO, env: { AWS_PROFILE: '' } }, A, {
  differs: { boto3: 'unknown-profile', v1: 'unknown-profile', v2: 'unknown-profile' },
  why: 'CI systems set a variable without a value to the empty string. fedctl ignores empty variables. The AWS CLI searches for a profile with an empty name.',
});
row(
  'a profile without credential settings',
  { config: '[profile ci]\nregion = eu-west-1\n', profile: 'ci' },
  'no-credentials',
);
row('an empty profile', { config: '[profile ci]\n', profile: 'ci' }, 'no-credentials');
row('nothing at all', {}, 'no-credentials');

group = 'config file and credentials file';
row(
  'the credentials file beats the config file',
  { config: `[default]\n${keys(B)}`, credentials: `[default]\n${keys(A)}` },
  A,
);
row('keys in the config file', { config: `[profile b]\n${keys(B)}`, profile: 'b' }, B);
row(
  'session token in the config file, key in the credentials file',
  {
    config: `[default]\n${keys(session('OLD'), 'aws_session_token = stale\n')}`,
    credentials: `[default]\n${keys(A)}`,
  },
  A,
  sdk('refused', MERGES),
);
row(
  'access key ID in the credentials file, another key in the config file',
  {
    config: `[default]\n${keys(B)}`,
    credentials: `[default]\naws_access_key_id = ${A}\n`,
  },
  'half-set',
  sdk(A, MERGES),
);
row(
  'aws_security_token, the older name of aws_session_token',
  { credentials: `[default]\n${keys(session('A'), 'aws_security_token = token\n')}` },
  session('A'),
  sdk('refused', 'The JavaScript SDK ignores aws_security_token. The AWS CLI reads it.'),
);
row(
  'a config file that does not exist',
  { env: { AWS_CONFIG_FILE: '/nonexistent/config' }, credentials: `[default]\n${keys(A)}` },
  A,
);
row(
  'path of the credentials file with ~',
  {
    files: { 'elsewhere/keys': `[default]\n${keys(C)}` },
    env: { AWS_SHARED_CREDENTIALS_FILE: '~/elsewhere/keys' },
  },
  C,
);
row(
  'path of the credentials file with $HOME',
  {
    files: { 'elsewhere/keys': `[default]\n${keys(C)}` },
    env: { AWS_SHARED_CREDENTIALS_FILE: '$HOME/elsewhere/keys' },
  },
  C,
  sdk('no-credentials', 'The JavaScript SDK does not expand $HOME. The AWS CLI expands it.'),
);

group = 'section names';
row(
  'profile name in double quotes',
  { config: `[profile "my account"]\n${keys(B)}`, profile: 'my account' },
  B,
  sdk('no-credentials', LOADER),
);
row(
  'profile name in single quotes, as written by aws configure',
  { config: `[profile 'my account']\n${keys(B)}`, profile: 'my account' },
  B,
  sdk('no-credentials', LOADER),
);
row(
  'profile name with a space, in the credentials file',
  { credentials: `[my account]\n${keys(B)}`, profile: 'my account' },
  B,
  sdk('no-credentials', LOADER),
);
for (const name of ['a,b', 'dev(eu)', 'a=b', 'a&b', 'prüfung']) {
  row(
    `[profile ${name}]`,
    { config: `[profile ${name}]\n${keys(B)}`, profile: name },
    B,
    sdk('no-credentials', LOADER),
  );
}
row(
  '[profile a@b+c%d:e.f/g]',
  { config: `[profile a@b+c%d:e.f/g]\n${keys(B)}`, profile: 'a@b+c%d:e.f/g' },
  B,
);
row(
  'two spaces after the word profile',
  { config: `[profile  b]\n${keys(B)}`, profile: 'b' },
  B,
  sdk('no-credentials', LOADER),
);
row(
  'comment after the closing bracket',
  { config: `[profile b]# production\n${keys(B)}`, profile: 'b' },
  B,
  sdk('no-credentials', LOADER),
);
row(
  'section [b] instead of [profile b] in the config file',
  { config: `[b]\n${keys(B)}`, profile: 'b' },
  'unknown-profile',
  sdk('no-credentials'),
);
row(
  'section [profile b] instead of [b] in the credentials file',
  { credentials: `[profile b]\n${keys(B)}`, profile: 'b' },
  'unknown-profile',
  sdk('no-credentials'),
);

group = 'file syntax';
row(
  'setting names in capital letters',
  { credentials: `[default]\nAWS_ACCESS_KEY_ID = ${A}\nAWS_SECRET_ACCESS_KEY = secret\n` },
  A,
  sdk('no-credentials', LOADER),
);
row(
  'colons instead of equals signs',
  { credentials: `[default]\naws_access_key_id: ${A}\naws_secret_access_key: secret\n` },
  A,
  sdk('no-credentials', LOADER),
);
row('no spaces', { credentials: `[default]\naws_access_key_id=${A}\naws_secret_access_key=secret\n` }, A);
row('tabs', { credentials: `[default]\naws_access_key_id\t=\t${A}\naws_secret_access_key\t=\tsecret\n` }, A);
row(
  'an indented section',
  { credentials: `[default]\n  aws_access_key_id = ${A}\n  aws_secret_access_key = secret\n` },
  A,
);
row(
  'indented section with an empty setting',
  {
    config: `[profile b]\n    cli_pager =\n    aws_access_key_id = ${B}\n    aws_secret_access_key = secret\n`,
    profile: 'b',
  },
  B,
  sdk('no-credentials', LOADER),
);
row(
  'nested settings',
  {
    config: `[profile b]\ns3 =\n  addressing_style = path\naws_access_key_id = ${B}\naws_secret_access_key = secret\n`,
    profile: 'b',
  },
  B,
);
row(
  'nested settings in an indented section',
  {
    config: `[profile b]\n  s3 =\n    addressing_style = path\n  aws_access_key_id = ${B}\n  aws_secret_access_key = secret\n`,
    profile: 'b',
  },
  B,
  sdk('no-credentials', LOADER),
);
row('comments', { credentials: `# one\n; two\n[default]\n# three\n${keys(A)}` }, A);
const BROKEN = { boto3: 'file-broken', v1: 'file-broken', v2: 'file-broken' };
row('byte order mark at the start of the file', { credentials: `\uFEFF[default]\n${keys(A)}` }, A, {
  differs: BROKEN,
  why: 'Editors on Windows write a byte order mark. It has no meaning in these files, but the AWS CLI cannot parse it.',
});
row('CRLF', { credentials: `[default]\n${keys(A)}`.replaceAll('\n', '\r\n') }, A);
row('duplicate section', { credentials: `[default]\n${keys(A)}[default]\n${keys(B)}` }, B, {
  differs: BROKEN,
  why: 'fedctl and the JavaScript SDK use the last value. The AWS CLI cannot parse such a file.',
});
row('duplicate setting', { credentials: `[default]\n${keys(A)}aws_access_key_id = ${B}\n` }, B, {
  differs: BROKEN,
  why: 'fedctl and the JavaScript SDK use the last value. The AWS CLI cannot parse such a file.',
});
row(
  'quotes in a value',
  { credentials: `[default]\naws_access_key_id = "${A}"\naws_secret_access_key = secret\n` },
  'refused',
);
row('text before the first section', { credentials: `nonsense\n[default]\n${keys(A)}` }, A, {
  differs: BROKEN,
  why: 'fedctl and the JavaScript SDK ignore a line that is not a setting. The AWS CLI cannot parse such a file.',
});

group = 'roles';
const CHAIN = (app) => ({
  config: `[profile app]\n${app}`,
  credentials: `[default]\n${keys(A)}[base]\n${keys(B)}`,
  profile: 'app',
});
row('from another profile', CHAIN(role('app', 'source_profile = base\n')), assumed('app', B), {
  witnesses: NO_V2,
});
row('from itself', CHAIN(role('app', `source_profile = app\n${keys(C)}`)), assumed('app', C), {
  witnesses: NO_V2,
});
row(
  'the role beats keys beside it',
  CHAIN(role('app', `source_profile = base\n${keys(C)}`)),
  assumed('app', B),
  { witnesses: NO_V2 },
);
row(
  'of a chain',
  {
    config: `[profile app]\n${role('app', 'source_profile = etl\n')}[profile etl]\n${role('etl', 'source_profile = base\n')}`,
    credentials: `[base]\n${keys(B)}`,
    profile: 'app',
  },
  assumed('app', assumed('etl', B)),
  { witnesses: NO_V2 },
);
row(
  'in a chain, keys beat the role beside them',
  {
    config: `[profile base]\n${role('etl', 'source_profile = base\n')}[profile app]\n${role('app', 'source_profile = base\n')}`,
    credentials: `[base]\n${keys(B)}`,
    profile: 'app',
  },
  assumed('app', B),
  { witnesses: NO_V2 },
);
row(
  'in a chain, keys beat the role beside them, also with another source',
  {
    config: `[profile base]\n${role('etl', 'source_profile = default\n')}[profile app]\n${role('app', 'source_profile = base\n')}`,
    credentials: `[default]\n${keys(A)}[base]\n${keys(B)}`,
    profile: 'app',
  },
  assumed('app', B),
  { witnesses: NO_V2 },
);
row(
  'circular source_profile',
  {
    config: `[profile a]\n${role('a', 'source_profile = b\n')}[profile b]\n${role('b', 'source_profile = a\n')}`,
    profile: 'a',
  },
  'profile-broken',
  sdk('no-credentials'),
);
row(
  'source_profile names a profile that does not exist',
  CHAIN(role('app', 'source_profile = nobody\n')),
  'unknown-profile',
  sdk('no-credentials'),
);
row(
  'neither source_profile nor credential_source',
  CHAIN(role('app', '')),
  'profile-broken',
  sdk('no-credentials'),
);
row(
  'both source_profile and credential_source',
  CHAIN(role('app', 'source_profile = base\ncredential_source = Environment\n')),
  'profile-broken',
  sdk('no-credentials'),
);
row(
  'credential_source = Environment',
  { ...CHAIN(role('app', 'credential_source = Environment\n')), env: inEnvironment(ENVIRONMENT) },
  assumed('app', ENVIRONMENT),
  { witnesses: NO_V2 },
);
row(
  'credential_source = Environment, but no keys in the environment',
  CHAIN(role('app', 'credential_source = Environment\n')),
  'profile-broken',
  sdk('no-credentials'),
);
row(
  'credential_source = EcsContainer',
  {
    ...CHAIN(role('app', 'credential_source = EcsContainer\n')),
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{container}/container/ok' },
  },
  assumed('app', 'ASIACONTAINEREXAMPLE'),
  { witnesses: NO_V2 },
);
row(
  'credential_source = Ec2InstanceMetadata',
  {
    ...CHAIN(role('app', 'credential_source = Ec2InstanceMetadata\n')),
    env: { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: '{metadata:ok}/' },
  },
  assumed('app', 'ASIAINSTANCEEXAMPLE'),
  { witnesses: NO_V2 },
);
row(
  'unknown credential_source',
  CHAIN(role('app', 'credential_source = Moon\n')),
  'profile-broken',
  sdk('no-credentials'),
);
row('that may not be assumed', CHAIN(role('forbidden', 'source_profile = base\n')), 'denied', {
  witnesses: NO_V2,
});

group = 'web identity';
const IDENTITY = {
  AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pod',
  AWS_WEB_IDENTITY_TOKEN_FILE: '{home}/token',
};
row(
  'web identity in the environment',
  { env: IDENTITY, files: { token: `${TOKEN}\n` } },
  assumed('pod', TOKEN),
  {
    witnesses: NO_V2,
  },
);
row(
  'web identity in the environment, and a default profile with keys',
  { env: IDENTITY, files: { token: TOKEN }, credentials: `[default]\n${keys(A)}` },
  assumed('pod', TOKEN),
  {
    ...sdk(A, 'The JavaScript SDK uses the keys of the profile. The AWS CLI uses the web identity.'),
    witnesses: NO_V2,
  },
);
row(
  'web identity in the environment, but its token file is missing',
  { env: IDENTITY, credentials: `[default]\n${keys(A)}` },
  'unreadable',
  { ...sdk(A, GOES_ON) },
);
row(
  'AWS_WEB_IDENTITY_TOKEN_FILE without AWS_ROLE_ARN',
  { env: { AWS_WEB_IDENTITY_TOKEN_FILE: '{home}/token' }, files: { token: TOKEN } },
  'half-set',
  sdk('no-credentials'),
);
row(
  'of a profile',
  {
    config: `[profile pod]\n${role('pod', 'web_identity_token_file = {home}/token\n')}`,
    files: { token: TOKEN },
    profile: 'pod',
  },
  assumed('pod', TOKEN),
  { witnesses: NO_V2 },
);

group = 'credential_process';
const program = (command, more = '') => ({
  config: `[profile p]\ncredential_process = ${command}\n${more}`,
  files: { 'keys.json': printed(P) },
  profile: 'p',
});
row('output with keys', program('cat {home}/keys.json'), P);
row('command in quotes', program('sh -c "cat {home}/keys.json"'), P);
row(
  'command with # inside quotes',
  program('sh -c "cat {home}/keys.json # keys"'),
  P,
  sdk('no-credentials', LOADER),
);
row(
  'command with ; inside quotes',
  program("sh -c 'true ; cat {home}/keys.json'"),
  P,
  sdk('no-credentials', LOADER),
);
row(
  'command with an unquoted parenthesis',
  program('cat {home}/keys.json Admin(eu)'),
  'process-failed',
  sdk('no-credentials'),
);
row('command fails', program('false'), 'process-failed', sdk('no-credentials'));
row('command does not exist', program('/nonexistent/program'), 'process-failed', sdk('no-credentials'));
row('output is not JSON', program('echo hello'), 'process-failed', sdk('no-credentials'));
row(
  'output with an unsupported Version',
  { ...program('cat {home}/old.json'), files: { 'old.json': '{"Version":2}' } },
  'process-failed',
  sdk('no-credentials'),
);
row(
  'output with expired keys',
  {
    ...program('cat {home}/old.json'),
    files: { 'old.json': printed(session('P'), { SessionToken: 't', Expiration: hours(-1) }) },
  },
  'expired',
  sdk('no-credentials'),
);
row(
  'output with keys that expire soon',
  {
    ...program('cat {home}/soon.json'),
    files: { 'soon.json': printed(session('P'), { SessionToken: 't', Expiration: hours(1) }) },
  },
  session('P'),
);
row(
  'credential_process and keys in the config file',
  program('cat {home}/keys.json', keys(B)),
  P,
  sdk(B, 'The JavaScript SDK prefers the keys in the config file. The AWS CLI prefers credential_process.'),
);
row(
  'credential_process, and keys in the credentials file',
  { ...program('cat {home}/keys.json'), credentials: `[p]\n${keys(B)}` },
  B,
);

group = 'IAM Identity Center and aws login';
const START = 'https://corp.awsapps.com/start';
const SSO = `sso_start_url = ${START}\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = Reader\n`;
row('never signed in', { config: `[profile x]\n${SSO}`, profile: 'x' }, 'login-needed');
row(
  'an expired login',
  { config: `[profile x]\n${SSO}`, login: { key: START, expiresAt: '2026-01-01T00:00:00Z' }, profile: 'x' },
  'login-needed',
);
row(
  'a session, never signed in',
  {
    config: `[profile x]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Reader\n[sso-session corp]\nsso_start_url = ${START}\nsso_region = eu-west-1\n`,
    profile: 'x',
  },
  'login-needed',
);
row(
  'sso_session names a section that does not exist',
  {
    config: '[profile x]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Reader\n',
    profile: 'x',
  },
  'profile-broken',
  sdk('crash', 'The JavaScript SDK fails with a TypeError. fedctl reports the invalid profile.'),
);
row(
  'settings are missing',
  { config: `[profile x]\nsso_start_url = ${START}\nsso_account_id = 1\n`, profile: 'x' },
  'profile-broken',
);
row(
  'IAM Identity Center settings, and keys in the credentials file',
  { config: `[profile x]\n${SSO}`, credentials: `[x]\n${keys(B)}`, profile: 'x' },
  'login-needed',
  sdk(
    B,
    'The JavaScript SDK prefers the keys. The AWS CLI prefers the IAM Identity Center settings, because tools leave expired keys in such profiles.',
  ),
);
row(
  'login_session without a login by aws login',
  { config: '[profile x]\nlogin_session = arn:aws:iam::123456789012:user/ada\n', profile: 'x' },
  'login-needed',
  {
    ...sdk(
      'unreadable',
      'The JavaScript SDK reports the missing file. fedctl names the command that signs in.',
    ),
    witnesses: ['fedctl', 'sdk'],
  },
);

group = 'container';
const container = (mode, more = {}) => ({
  env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `{container}/container/${mode}`, ...more },
});
const INSTANCE = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: '{metadata:ok}/' };
row('an endpoint', container('ok'), 'ASIACONTAINEREXAMPLE');
row(
  'the default profile beats the container endpoint',
  { ...container('ok'), credentials: `[default]\n${keys(A)}` },
  A,
);
row('the container endpoint beats instance metadata', container('ok', INSTANCE), 'ASIACONTAINEREXAMPLE');
row('one response with 500', container('500-once'), 'ASIACONTAINEREXAMPLE');
for (const mode of ['500', '404', 'html']) {
  row(
    `container endpoint that responds with ${mode}, on an EC2 instance`,
    container(mode, INSTANCE),
    'container-failed',
    mode === 'html' ? {} : sdk('no-credentials'),
  );
}
row(
  'closed port of the container endpoint, on an EC2 instance',
  { env: { ...INSTANCE, AWS_CONTAINER_CREDENTIALS_FULL_URI: '{closed}/x' } },
  'container-failed',
  sdk('no-credentials'),
);
row(
  'authorization token',
  container('token', { AWS_CONTAINER_AUTHORIZATION_TOKEN: 'let me in' }),
  'ASIACONTAINEREXAMPLE',
);
row(
  'authorization token file',
  {
    ...container('token', { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{home}/token' }),
    files: { token: 'let me in' },
  },
  'ASIACONTAINEREXAMPLE',
  { witnesses: NO_V2 },
);
row(
  'missing authorization token file',
  container('token', { ...INSTANCE, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{home}/nothing' }),
  'container-failed',
  {
    differs: { sdk: 'unreadable', boto3: 'unreadable', v1: 'unreadable' },
    why: 'All clients stop. fedctl also names the endpoint and the variable that contains the path of the file.',
    witnesses: NO_V2,
  },
);
row(
  'container endpoint on another machine, over plain http',
  { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://192.0.2.7/x' } },
  'plaintext',
  sdk('no-credentials'),
);
row(
  'by its path',
  { env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/container/ok' }, needs: 'namespace' },
  'ASIACONTAINEREXAMPLE',
);
row(
  'of EKS',
  { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/container/ok' }, needs: 'namespace' },
  'ASIACONTAINEREXAMPLE',
  { witnesses: NO_V2 },
);

group = 'instance metadata';
const metadata = (mode, more = {}) => ({
  env: {
    AWS_EC2_METADATA_DISABLED: 'false',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: `{metadata:${mode}}/`,
    ...more,
  },
});
row('version 2', metadata('ok'), 'ASIAINSTANCEEXAMPLE');
row('version 1', metadata('v1'), 'ASIAINSTANCEEXAMPLE');
row(
  'metadata service version 1, but AWS_EC2_METADATA_V1_DISABLED is set',
  metadata('v1', { AWS_EC2_METADATA_V1_DISABLED: 'true' }),
  'no-credentials',
  {
    differs: { boto3: 'metadata-failed', v1: 'metadata-failed' },
    why: 'All clients stop. fedctl lists the error of every credential provider.',
    witnesses: NO_V2,
  },
);
row('turned off for the instance', metadata('off'), 'no-credentials');
row('an instance without a role', metadata('no-role'), 'no-credentials');
row('disabled', metadata('ok', { AWS_EC2_METADATA_DISABLED: 'true' }), 'no-credentials');
row('disabled, in capitals', metadata('ok', { AWS_EC2_METADATA_DISABLED: 'TRUE' }), 'no-credentials');
row('the last keys, in an outage', metadata('expired'), 'ASIAINSTANCEEXAMPLE');
row(
  'at its own address',
  { env: { AWS_EC2_METADATA_DISABLED: 'false' }, needs: 'namespace' },
  'ASIAINSTANCEEXAMPLE',
);

group = 'Region';
const region = (env, config = '') => ({
  env: { ...inEnvironment(ENVIRONMENT), AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined, ...env },
  config,
  see: 'region',
});
const READS_ONE = 'boto3 and version 1 of the AWS CLI ignore AWS_REGION. Version 2 reads it.';
row('AWS_REGION', region({ AWS_REGION: 'eu-west-1' }), 'eu-west-1', {
  differs: { boto3: 'no-region', v1: 'no-region' },
  why: READS_ONE,
});
row(
  'AWS_DEFAULT_REGION',
  region({ AWS_DEFAULT_REGION: 'eu-west-2' }),
  'eu-west-2',
  sdk('no-region', 'The JavaScript SDK ignores AWS_DEFAULT_REGION.'),
);
row(
  'AWS_REGION and AWS_DEFAULT_REGION',
  region({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }),
  'eu-west-1',
  {
    differs: { boto3: 'eu-west-2', v1: 'eu-west-2' },
    why: READS_ONE,
  },
);
row('region setting of the profile', region({}, '[default]\nregion = eu-west-3\n'), 'eu-west-3');
row(
  'the environment beats the profile',
  region({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' }, '[default]\nregion = eu-west-3\n'),
  'eu-west-1',
);
row(
  'region setting of the profile, in capital letters',
  region({}, '[default]\nREGION = eu-west-3\n'),
  'eu-west-3',
  sdk('no-region', LOADER),
);
row('no Region', region({}), 'no-region');

group = 'endpoint';
const endpoint = (config, env = {}) => ({
  env: { ...inEnvironment(ENVIRONMENT), AWS_ENDPOINT_URL_STS: undefined, ...env },
  config,
  see: 'endpoint',
});
row('endpoint_url of the profile', endpoint('[default]\nendpoint_url = {second}\n'), 'second', {
  witnesses: NO_V2,
});
row(
  'endpoint_url of services',
  endpoint('[default]\nservices = lab\n[services lab]\nsts =\n  endpoint_url = {second}\n'),
  'second',
  { witnesses: NO_V2 },
);
row(
  'services section with a quoted name',
  {
    ...endpoint('[default]\nservices = my lab\n[services "my lab"]\nsts =\n  endpoint_url = {second}\n'),
    needs: 'namespace',
  },
  'second',
  { ...sdk('unreachable', LOADER), witnesses: NO_V2 },
);
row(
  'the environment beats the profile',
  endpoint('[default]\nendpoint_url = {second}\n', { AWS_ENDPOINT_URL: '{first}' }),
  'first',
  { witnesses: NO_V2 },
);
row(
  'AWS_ENDPOINT_URL_STS beats AWS_ENDPOINT_URL',
  endpoint('', { AWS_ENDPOINT_URL_STS: '{second}', AWS_ENDPOINT_URL: '{first}' }),
  'second',
  { witnesses: NO_V2 },
);
row(
  'services setting that names a missing section',
  { ...endpoint('[default]\nservices = lab\n'), needs: 'namespace' },
  'endpoint-invalid',
  {
    ...sdk(
      'unreachable',
      'The JavaScript SDK uses the endpoint of AWS, so AWS receives requests that were meant for another endpoint.',
    ),
    witnesses: NO_V2,
  },
);
row(
  'nested settings in an indented profile',
  {
    ...endpoint('[default]\n  s3 =\n    addressing_style = path\n  endpoint_url = {second}\n'),
    needs: 'namespace',
  },
  'second',
  { ...sdk('unreachable', LOADER), witnesses: NO_V2 },
);

export const ROWS = rows;
