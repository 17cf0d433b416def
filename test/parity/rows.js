// Each row has an environment, files and the expected outcome of each program. An outcome is the access key ID that the
// fake STS receives, or the kind of a failure, from the program's own text (kinds.js).

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
const FOLDED = 'The chain of the SDK folds every failure into one sentence; fedctl says what failed.';
const GOES_ON =
  'When a provider fails, the chain of the SDK continues with the next one. The program then runs as a different principal than the configured one.';
const IGNORES_DEFAULT_PROFILE = 'The JavaScript SDK does not know AWS_DEFAULT_PROFILE. The AWS CLI does.';
const PROFILE_FIRST =
  'When AWS_PROFILE is set, the JavaScript SDK ignores keys in the environment. The AWS CLI uses the keys, as fedctl does, and fedctl prints a note about it.';
const AS_AWS_ANSWERS =
  'AWS responds with InvalidClientTokenId. fedctl knows from the form of the key ID which part is wrong, and reports it.';
const LOADER = 'The INI loader of the JavaScript SDK does not read this; the AWS CLI writes or reads it.';
const MERGES = 'The JavaScript SDK merges the settings of both files one by one, also those of one key.';

const rows = [];
let group = '';
/**
 * @param expected the outcome for all witnesses of the row
 * @param differs the different outcomes by witness; `why` is the reason for fedctl's behaviour
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
  'the older name of the session token',
  { env: { ...inEnvironment(session('ENV')), AWS_SECURITY_TOKEN: 'token' } },
  session('ENV'),
  sdk('refused', 'The JavaScript SDK does not know AWS_SECURITY_TOKEN. The AWS CLI does.'),
);
row('only the id', { env: { AWS_ACCESS_KEY_ID: ENVIRONMENT } }, 'half-set', sdk('no-credentials'));
row(
  'only the id, beside a default profile',
  { env: { AWS_ACCESS_KEY_ID: ENVIRONMENT }, credentials: `[default]\n${keys(A)}` },
  'half-set',
  sdk(A, GOES_ON),
);
row(
  'only the secret',
  { env: { AWS_SECRET_ACCESS_KEY: 'secret' }, credentials: `[default]\n${keys(A)}` },
  'half-set',
  {
    differs: { sdk: A, boto3: A, v1: A, v2: A },
    why: 'The others overlook a secret without an id and go on to other keys. Half of a pair is a mistake in every place, so fedctl stops.',
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
  'a long-term key with a session token',
  { env: { ...inEnvironment(ENVIRONMENT), AWS_SESSION_TOKEN: 'left over' } },
  'half-set',
  { differs: { sdk: 'refused', boto3: 'refused', v1: 'refused', v2: 'refused' }, why: AS_AWS_ANSWERS },
);
row('the key of a session without its token', { env: inEnvironment(session('ENV')) }, 'half-set', {
  differs: { sdk: 'refused', boto3: 'refused', v1: 'refused', v2: 'refused' },
  why: AS_AWS_ANSWERS,
});
row(
  'an expiration that has passed, beside a long-term key',
  { env: { ...inEnvironment(ENVIRONMENT), AWS_CREDENTIAL_EXPIRATION: '2026-01-01T00:00:00Z' } },
  ENVIRONMENT,
  {
    differs: { boto3: 'expired', v1: 'expired', v2: 'expired' },
    why: 'A long-term key never expires: the variable is left from a session. The AWS CLI stops and does not say which variable it is.',
  },
);
row(
  'an expiration that has passed, of a session',
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
    'The JavaScript SDK signs with keys that it takes for expired and leaves the refusal to AWS.',
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
    why: 'boto3 and version 1 of the AWS CLI read AWS_DEFAULT_PROFILE first, version 2 AWS_PROFILE. fedctl does as version 2.',
  },
);
row('--profile beats AWS_PROFILE', { ...TWO, profile: 'b', env: { AWS_PROFILE: 'default' } }, B);
row('--profile beats keys in the environment', { ...TWO, profile: 'b', env: inEnvironment(ENVIRONMENT) }, B);
row(
  'keys in the environment beat AWS_PROFILE',
  { ...TWO, env: { ...inEnvironment(ENVIRONMENT), AWS_PROFILE: 'b' } },
  ENVIRONMENT,
  sdk(B, PROFILE_FIRST),
);
row(
  'an unknown profile of AWS_PROFILE',
  { ...TWO, env: { AWS_PROFILE: 'nobody' } },
  'unknown-profile',
  sdk('no-credentials'),
);
row(
  'an unknown profile of AWS_DEFAULT_PROFILE',
  { ...TWO, env: { AWS_DEFAULT_PROFILE: 'nobody' } },
  'unknown-profile',
  sdk(A, IGNORES_DEFAULT_PROFILE),
);
row('an unknown --profile', { ...TWO, profile: 'nobody' }, 'unknown-profile', sdk('no-credentials'));
row('an empty AWS_PROFILE', { ...TWO, env: { AWS_PROFILE: '' } }, A, {
  differs: { boto3: 'unknown-profile', v1: 'unknown-profile', v2: 'unknown-profile' },
  why: 'CI systems set a variable to nothing where it has no value. fedctl takes every empty variable as not set; the AWS CLI looks for a profile without a name.',
});
row(
  'a profile without a way to keys',
  { config: '[profile ci]\nregion = eu-west-1\n', profile: 'ci' },
  'no-credentials',
);
row('an empty profile', { config: '[profile ci]\n', profile: 'ci' }, 'no-credentials');
row('nothing at all', {}, 'no-credentials');

group = 'two files';
row(
  'the credentials file beats the config file',
  { config: `[default]\n${keys(B)}`, credentials: `[default]\n${keys(A)}` },
  A,
);
row('keys in the config file', { config: `[profile b]\n${keys(B)}`, profile: 'b' }, B);
row(
  'a token of the config file is no part of a key of the credentials file',
  {
    config: `[default]\n${keys(session('OLD'), 'aws_session_token = stale\n')}`,
    credentials: `[default]\n${keys(A)}`,
  },
  A,
  sdk('refused', MERGES),
);
row(
  'half a key in the credentials file, the other half in the config file',
  {
    config: `[default]\n${keys(B)}`,
    credentials: `[default]\naws_access_key_id = ${A}\n`,
  },
  'half-set',
  sdk(A, MERGES),
);
row(
  'the older name of the session token in a file',
  { credentials: `[default]\n${keys(session('A'), 'aws_security_token = token\n')}` },
  session('A'),
  sdk('refused', 'The JavaScript SDK does not know aws_security_token. The AWS CLI does.'),
);
row(
  'a config file that does not exist',
  { env: { AWS_CONFIG_FILE: '/nonexistent/config' }, credentials: `[default]\n${keys(A)}` },
  A,
);
row(
  'a home that stands in a path',
  {
    files: { 'elsewhere/keys': `[default]\n${keys(C)}` },
    env: { AWS_SHARED_CREDENTIALS_FILE: '~/elsewhere/keys' },
  },
  C,
);
row(
  'a variable that stands in a path',
  {
    files: { 'elsewhere/keys': `[default]\n${keys(C)}` },
    env: { AWS_SHARED_CREDENTIALS_FILE: '$HOME/elsewhere/keys' },
  },
  C,
  sdk('no-credentials', 'The JavaScript SDK does not expand $HOME. The AWS CLI does.'),
);

group = 'names of sections';
row(
  'in double quotes',
  { config: `[profile "my account"]\n${keys(B)}`, profile: 'my account' },
  B,
  sdk('no-credentials', LOADER),
);
row(
  'in single quotes, as aws configure writes it',
  { config: `[profile 'my account']\n${keys(B)}`, profile: 'my account' },
  B,
  sdk('no-credentials', LOADER),
);
row(
  'with a blank, in the credentials file',
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
  'two blanks after profile',
  { config: `[profile  b]\n${keys(B)}`, profile: 'b' },
  B,
  sdk('no-credentials', LOADER),
);
row(
  'a comment behind the bracket',
  { config: `[profile b]# production\n${keys(B)}`, profile: 'b' },
  B,
  sdk('no-credentials', LOADER),
);
row(
  '[b] in the config file is no profile',
  { config: `[b]\n${keys(B)}`, profile: 'b' },
  'unknown-profile',
  sdk('no-credentials'),
);
row(
  '[profile b] in the credentials file is not b',
  { credentials: `[profile b]\n${keys(B)}`, profile: 'b' },
  'unknown-profile',
  sdk('no-credentials'),
);

group = 'lines';
row(
  'names of settings in capitals',
  { credentials: `[default]\nAWS_ACCESS_KEY_ID = ${A}\nAWS_SECRET_ACCESS_KEY = secret\n` },
  A,
  sdk('no-credentials', LOADER),
);
row(
  'colons',
  { credentials: `[default]\naws_access_key_id: ${A}\naws_secret_access_key: secret\n` },
  A,
  sdk('no-credentials', LOADER),
);
row('no blanks', { credentials: `[default]\naws_access_key_id=${A}\naws_secret_access_key=secret\n` }, A);
row('tabs', { credentials: `[default]\naws_access_key_id\t=\t${A}\naws_secret_access_key\t=\tsecret\n` }, A);
row(
  'an indented section',
  { credentials: `[default]\n  aws_access_key_id = ${A}\n  aws_secret_access_key = secret\n` },
  A,
);
row(
  'an indented section with an empty setting',
  {
    config: `[profile b]\n    cli_pager =\n    aws_access_key_id = ${B}\n    aws_secret_access_key = secret\n`,
    profile: 'b',
  },
  B,
  sdk('no-credentials', LOADER),
);
row(
  'settings below a setting',
  {
    config: `[profile b]\ns3 =\n  addressing_style = path\naws_access_key_id = ${B}\naws_secret_access_key = secret\n`,
    profile: 'b',
  },
  B,
);
row(
  'settings below a setting of an indented section',
  {
    config: `[profile b]\n  s3 =\n    addressing_style = path\n  aws_access_key_id = ${B}\n  aws_secret_access_key = secret\n`,
    profile: 'b',
  },
  B,
  sdk('no-credentials', LOADER),
);
row('comments', { credentials: `# one\n; two\n[default]\n# three\n${keys(A)}` }, A);
const BROKEN = { boto3: 'file-broken', v1: 'file-broken', v2: 'file-broken' };
row('a byte order mark', { credentials: `\uFEFF[default]\n${keys(A)}` }, A, {
  differs: BROKEN,
  why: 'Editors on Windows write it, and it says nothing. The AWS CLI cannot parse such a file.',
});
row('CRLF', { credentials: `[default]\n${keys(A)}`.replaceAll('\n', '\r\n') }, A);
row('a section that stands twice', { credentials: `[default]\n${keys(A)}[default]\n${keys(B)}` }, B, {
  differs: BROKEN,
  why: 'The last one wins, as in the JavaScript SDK. The AWS CLI cannot parse such a file.',
});
row('a setting that stands twice', { credentials: `[default]\n${keys(A)}aws_access_key_id = ${B}\n` }, B, {
  differs: BROKEN,
  why: 'The last one wins, as in the JavaScript SDK. The AWS CLI cannot parse such a file.',
});
row(
  'quotes in a value',
  { credentials: `[default]\naws_access_key_id = "${A}"\naws_secret_access_key = secret\n` },
  'refused',
);
row('text before the first section', { credentials: `nonsense\n[default]\n${keys(A)}` }, A, {
  differs: BROKEN,
  why: 'fedctl and the JavaScript SDK pass over a line that is no setting and read the rest. The AWS CLI cannot parse such a file.',
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
  'in a circle',
  {
    config: `[profile a]\n${role('a', 'source_profile = b\n')}[profile b]\n${role('b', 'source_profile = a\n')}`,
    profile: 'a',
  },
  'profile-broken',
  sdk('no-credentials'),
);
row(
  'from a profile that does not exist',
  CHAIN(role('app', 'source_profile = nobody\n')),
  'unknown-profile',
  sdk('no-credentials'),
);
row('without a source', CHAIN(role('app', '')), 'profile-broken', sdk('no-credentials'));
row(
  'with both sources',
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
  'credential_source = Environment, without keys there',
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
  'an unknown credential_source',
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
row('of the environment', { env: IDENTITY, files: { token: `${TOKEN}\n` } }, assumed('pod', TOKEN), {
  witnesses: NO_V2,
});
row(
  'of the environment, beside a default profile with keys',
  { env: IDENTITY, files: { token: TOKEN }, credentials: `[default]\n${keys(A)}` },
  assumed('pod', TOKEN),
  {
    ...sdk(
      A,
      'The JavaScript SDK asks the files before the web identity of the environment. The AWS CLI asks it first.',
    ),
    witnesses: NO_V2,
  },
);
row(
  'of the environment, whose file is missing',
  { env: IDENTITY, credentials: `[default]\n${keys(A)}` },
  'unreadable',
  { ...sdk(A, GOES_ON) },
);
row(
  'without a role',
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
row('that prints keys', program('cat {home}/keys.json'), P);
row('in quotes', program('sh -c "cat {home}/keys.json"'), P);
row(
  'with a # inside quotes',
  program('sh -c "cat {home}/keys.json # keys"'),
  P,
  sdk('no-credentials', LOADER),
);
row(
  'with a ; inside quotes',
  program("sh -c 'true ; cat {home}/keys.json'"),
  P,
  sdk('no-credentials', LOADER),
);
row(
  'with a bracket as an argument',
  program('cat {home}/keys.json Admin(eu)'),
  'process-failed',
  sdk('no-credentials'),
);
row('that fails', program('false'), 'process-failed', sdk('no-credentials'));
row('that does not exist', program('/nonexistent/program'), 'process-failed', sdk('no-credentials'));
row('that prints no JSON', program('echo hello'), 'process-failed', sdk('no-credentials'));
row(
  'that prints another version',
  { ...program('cat {home}/old.json'), files: { 'old.json': '{"Version":2}' } },
  'process-failed',
  sdk('no-credentials'),
);
row(
  'that prints expired keys',
  {
    ...program('cat {home}/old.json'),
    files: { 'old.json': printed(session('P'), { SessionToken: 't', Expiration: hours(-1) }) },
  },
  'expired',
  sdk('no-credentials'),
);
row(
  'that prints keys that expire soon',
  {
    ...program('cat {home}/soon.json'),
    files: { 'soon.json': printed(session('P'), { SessionToken: 't', Expiration: hours(1) }) },
  },
  session('P'),
);
row(
  'beside keys in the config file',
  program('cat {home}/keys.json', keys(B)),
  P,
  sdk(
    B,
    'The JavaScript SDK takes the keys of the config file first. The AWS CLI runs the program before it looks there.',
  ),
);
row(
  'beside keys in the credentials file',
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
  'a session that is not there',
  {
    config: '[profile x]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Reader\n',
    profile: 'x',
  },
  'profile-broken',
  sdk('crash', 'The JavaScript SDK ends with a TypeError.'),
);
row(
  'settings are missing',
  { config: `[profile x]\nsso_start_url = ${START}\nsso_account_id = 1\n`, profile: 'x' },
  'profile-broken',
);
row(
  'beside keys in the credentials file',
  { config: `[profile x]\n${SSO}`, credentials: `[x]\n${keys(B)}`, profile: 'x' },
  'login-needed',
  sdk(
    B,
    'The JavaScript SDK takes keys before the login. The AWS CLI takes the login: tools leave stale keys behind in such profiles.',
  ),
);
row(
  'aws login, never made',
  { config: '[profile x]\nlogin_session = arn:aws:iam::123456789012:user/ada\n', profile: 'x' },
  'login-needed',
  {
    ...sdk(
      'unreadable',
      'The JavaScript SDK shows the error of the file that is not there; fedctl names the command that signs in.',
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
row('the default profile beats it', { ...container('ok'), credentials: `[default]\n${keys(A)}` }, A);
row('it beats the instance', container('ok', INSTANCE), 'ASIACONTAINEREXAMPLE');
row('that refuses once', container('500-once'), 'ASIACONTAINEREXAMPLE');
for (const mode of ['500', '404', 'html']) {
  row(
    `that responds with ${mode}, on an instance`,
    container(mode, INSTANCE),
    'container-failed',
    mode === 'html' ? {} : sdk('no-credentials'),
  );
}
row(
  'where nothing listens, on an instance',
  { env: { ...INSTANCE, AWS_CONTAINER_CREDENTIALS_FULL_URI: '{closed}/x' } },
  'container-failed',
  sdk('no-credentials'),
);
row(
  'with a token',
  container('token', { AWS_CONTAINER_AUTHORIZATION_TOKEN: 'let me in' }),
  'ASIACONTAINEREXAMPLE',
);
row(
  'with a token file',
  {
    ...container('token', { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{home}/token' }),
    files: { token: 'let me in' },
  },
  'ASIACONTAINEREXAMPLE',
  { witnesses: NO_V2 },
);
row(
  'with a token file that is missing',
  container('token', { ...INSTANCE, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{home}/nothing' }),
  'container-failed',
  {
    differs: { sdk: 'unreadable', boto3: 'unreadable', v1: 'unreadable' },
    why: 'All stop. fedctl names the endpoint and the variable of the file as well.',
    witnesses: NO_V2,
  },
);
row(
  'on another machine, in plain http',
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
  'version 1, where it is forbidden',
  metadata('v1', { AWS_EC2_METADATA_V1_DISABLED: 'true' }),
  'no-credentials',
  {
    differs: { boto3: 'metadata-failed', v1: 'metadata-failed' },
    why: 'All stop. fedctl lists what every provider said.',
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
const READS_ONE = 'boto3 and version 1 of the AWS CLI do not know AWS_REGION. Version 2 does.';
row('AWS_REGION', region({ AWS_REGION: 'eu-west-1' }), 'eu-west-1', {
  differs: { boto3: 'no-region', v1: 'no-region' },
  why: READS_ONE,
});
row(
  'AWS_DEFAULT_REGION',
  region({ AWS_DEFAULT_REGION: 'eu-west-2' }),
  'eu-west-2',
  sdk('no-region', 'The JavaScript SDK does not know AWS_DEFAULT_REGION.'),
);
row('both', region({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }), 'eu-west-1', {
  differs: { boto3: 'eu-west-2', v1: 'eu-west-2' },
  why: READS_ONE,
});
row('of the profile', region({}, '[default]\nregion = eu-west-3\n'), 'eu-west-3');
row(
  'the environment beats the profile',
  region({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' }, '[default]\nregion = eu-west-3\n'),
  'eu-west-1',
);
row(
  'of the profile, in capitals',
  region({}, '[default]\nREGION = eu-west-3\n'),
  'eu-west-3',
  sdk('no-region', LOADER),
);
row('none', region({}), 'no-region');

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
  'services with quotes',
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
  'a missing section of services',
  { ...endpoint('[default]\nservices = lab\n'), needs: 'namespace' },
  'endpoint-invalid',
  {
    ...sdk(
      'unreachable',
      'The JavaScript SDK goes to the endpoint of AWS. Requests that were meant for another place are then signed and sent there.',
    ),
    witnesses: NO_V2,
  },
);
row(
  'settings of an indented profile',
  {
    ...endpoint('[default]\n  s3 =\n    addressing_style = path\n  endpoint_url = {second}\n'),
    needs: 'namespace',
  },
  'second',
  { ...sdk('unreachable', LOADER), witnesses: NO_V2 },
);

export const ROWS = rows;
