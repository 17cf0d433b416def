// Stands in for a program that fedctl's remedies call: `node stand-in.mjs PROGRAM ARGUMENTS…`. What changes Atlas changes
// the lab, by its control API; what only shows something has its arguments checked. Exit code 64: the program itself
// would not take the arguments.

import { parseArgs } from 'node:util';

const [program, ...argv] = process.argv.slice(2);
const text = { type: 'string' };
const texts = { type: 'string', multiple: true };

function refuse(why) {
  process.stderr.write(`${program} ${argv.join(' ')}: ${why}\n`);
  process.exit(64);
}

/** The one positional argument and the options; each option but the optional ones is required. */
function read(words, options, { positionals: count, optional = [] }) {
  let parsed;
  try {
    parsed = parseArgs({ args: words, options, allowPositionals: true });
  } catch (error) {
    return refuse(error.message);
  }
  const { values, positionals } = parsed;
  if (positionals.length !== count) refuse(`${count} arguments are expected`);
  for (const name of Object.keys(options)) {
    if (values[name] === undefined && !optional.includes(name)) refuse(`--${name} is missing`);
  }
  return { values, name: positionals[0] };
}

async function lab(method, path, members) {
  const { FEDCTL_SANDBOX_URL: url, FEDCTL_SANDBOX_TOKEN: token } = process.env;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(members === undefined ? {} : { body: JSON.stringify(members) }),
  });
  const answer = await response.json();
  if (!response.ok) refuse(answer.error.message);
  return answer;
}

function mustBe(what, given, expected) {
  if (given !== expected) refuse(`${what} is ${given}, not ${expected}`);
}

const inProject = ({ projectId }) => mustBe('--projectId', projectId, process.env.MONGODB_ATLAS_PROJECT_ID);
const USER_TYPES = { USER: 'oidc-user', IDP_GROUP: 'oidc-group' };
const IAM_TYPES = { USER: 'iam-user', ROLE: 'iam-role' };

async function userOf(username, database) {
  const { databaseUsers } = await lab('GET', '/v1/status');
  return databaseUsers.find((user) => user.username === username && user.database === database);
}

const ATLAS = {
  async 'dbusers create'(words) {
    const options = {
      ...{ username: text, oidcType: text, awsIAMType: text, role: texts, scope: texts, deleteAfter: text },
      projectId: text,
    };
    const optional = ['oidcType', 'awsIAMType', 'scope', 'deleteAfter'];
    const { values } = read(words, options, { positionals: 0, optional });
    inProject(values);
    const { username, oidcType, awsIAMType, role: roles, scope: clusters } = values;
    const type = oidcType === undefined ? IAM_TYPES[awsIAMType] : USER_TYPES[oidcType];
    if (type === undefined || (oidcType !== undefined && awsIAMType !== undefined))
      refuse('one type is expected');
    if ((await userOf(username, '$external')) !== undefined) refuse('the user exists already');
    await lab('PUT', '/v1/database-user', { username, type, roles, ...(clusters && { clusters }) });
  },
  async 'dbusers update'(words) {
    const options = { scope: texts, authDB: text, projectId: text };
    const { values, name: username } = read(words, options, { positionals: 1 });
    inProject(values);
    if ((await userOf(username, values.authDB)) === undefined) refuse('there is no such user');
    await lab('PUT', '/v1/database-user', { username, database: values.authDB, clusters: values.scope });
  },
  async 'federatedAuthentication federationSettings identityProvider create oidc'(words) {
    const options = {
      ...{ federationSettingsId: text, idpType: text, issuerUri: text, audience: text, desc: text },
      ...{ authorizationType: text, userClaim: text, groupsClaim: text },
    };
    const { values, name } = read(words, options, { positionals: 1 });
    mustBe('--idpType', values.idpType, 'WORKLOAD');
    mustBe('--authorizationType', values.authorizationType, 'USER');
    const { issuerUri: issuer, audience, userClaim } = values;
    await lab('PUT', '/v1/identity-provider', { name, issuer, audience, userClaim });
  },
  async 'federatedAuthentication federationSettings connectedOrgConfigs connect'(words) {
    const options = { identityProviderId: text, federationSettingsId: text, orgId: text, protocol: text };
    const { values } = read(words, options, { positionals: 0 });
    mustBe('--orgId', values.orgId, process.env.MONGODB_ATLAS_ORG_ID);
    mustBe('--protocol', values.protocol, 'OIDC');
    const identityProvider = values.identityProviderId;
    await lab('PUT', '/v1/organization-link', { identityProvider, connected: true });
  },
  async 'accessLists create'(words) {
    const { values, name: address } = read(words, { type: text, projectId: text }, { positionals: 1 });
    inProject(values);
    mustBe('--type', values.type, 'ipAddress');
    await lab('PUT', '/v1/access-list', { address, allowed: true });
  },
  async 'clusters start'(words) {
    const { values, name } = read(words, { projectId: text }, { positionals: 1 });
    inProject(values);
    await lab('PUT', '/v1/cluster', { name, paused: false });
  },
};

const PROGRAMS = {
  async atlas() {
    const line = argv.join(' ');
    const found = Object.keys(ATLAS).find((name) => line.startsWith(`${name} `));
    if (found === undefined) return refuse('there is no such command');
    await ATLAS[found](argv.slice(found.split(' ').length));
  },
  async aws() {
    if (argv[0] === 'sso') {
      if (!/^sso login --profile \S+$/.test(argv.join(' '))) refuse('not as aws sso login takes it');
      return;
    }
    if (argv[0] !== 'iam') refuse('only aws iam and aws sso login are expected');
    const shown = { 'role-name': text, query: text, 'user-name': text };
    read(argv.slice(2), shown, { positionals: 0, optional: Object.keys(shown) });
    if (!/^(?:get|list)-/.test(argv[1] ?? '')) refuse('only what shows something is expected');
  },
  async nslookup() {
    const names = argv.filter((word) => !word.startsWith('-'));
    const options = argv.filter((word) => word.startsWith('-'));
    const isKnown = (word) => /^-(?:port=\d+|type=(?:SRV|TXT))$/.test(word);
    if (names.length < 1 || names.length > 2 || !options.every(isKnown)) refuse('not as nslookup takes it');
    // What was asked is another DNS server than that of this machine.
    const server = process.env.FEDCTL_DNS_SERVER ?? '';
    const [, host, port] = /^(.*):(\d+)$/.exec(server) ?? [];
    if (host !== undefined && (names[1] !== host || !options.includes(`-port=${port}`))) {
      refuse(`the DNS server is ${server}`);
    }
  },
  async openssl() {
    if (argv[0] !== 's_client') refuse('only s_client is expected');
    const { values } = read(argv.slice(1), { connect: text }, { positionals: 0 });
    if (!/^(?:\[.+\]|[^:]+):\d+$/.test(values.connect)) refuse('a host with a port is expected');
  },
  async curl() {
    const [option, url, ...more] = argv;
    if (!/^-(?:v|sI)$/.test(option ?? '') || more.length > 0 || !URL.canParse(url ?? '')) {
      refuse('an option and one URL are expected');
    }
  },
  async nc() {
    if (!/^-vz -w 5 \S+ \d+$/.test(argv.join(' '))) refuse('not as nc takes it');
  },
};

// OpenSSL takes -connect, where parseArgs takes --connect alone.
if (program === 'openssl')
  for (const [at, word] of argv.entries()) if (word === '-connect') argv[at] = '--connect';
await PROGRAMS[program]();
