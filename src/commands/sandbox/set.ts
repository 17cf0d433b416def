import type { Flag } from '../../lib/core/command-line.ts';
import { parseDuration } from '../../lib/core/duration.ts';
import { FedctlError } from '../../lib/core/errors.ts';
import { invalidValue } from '../../lib/core/invalid-value.ts';
import { sandboxChangesDocument, sandboxChangesLines } from '../../lib/render/sandbox.ts';
import { createLabClient, type LabChangeRequest } from '../../sandbox/control/client.ts';
import type { LabChange } from '../../sandbox/control/controls.ts';
import { USER_TYPES } from '../../sandbox/control/user-types.ts';
import { HOPS } from '../../sandbox/delays.ts';
import { type Answer, command } from '../command.ts';
import { choice } from '../options/kinds.ts';
import { type OptionValues, several, text, texts, toggle } from '../options/option.ts';

const OPTIONS = {
  federation: choice(
    '--federation <state>',
    'Outbound federation of the account',
    ['enabled', 'disabled'],
    null,
    { env: false },
  ),
  rotateKeys: toggle('--rotate-keys', 'Sign with new keys and publish only the new keys', { env: false }),
  account: text('--account <id>', 'Account to change (default: the first account)', { env: false }),
  user: text('--user <name>', 'Database user to create or change', { env: false }),
  userType: choice('--user-type <type>', 'Type of the database user', USER_TYPES, null, { env: false }),
  userDatabase: text('--user-database <name>', 'Database of the user (default: $external)', { env: false }),
  userRole: texts('--user-role <role@database>', 'Role of the user; replaces the current roles', {
    env: false,
  }),
  userCluster: texts('--user-cluster <name>', 'Cluster to which the database user is restricted', {
    env: false,
  }),
  provider: text('--provider <name>', 'Identity provider to create or change, by display name or ID', {
    env: false,
  }),
  providerIssuer: text('--provider-issuer <url>', 'Issuer of the identity provider', { env: false }),
  providerAudience: text('--provider-audience <aud>', 'Audience of the identity provider', { env: false }),
  providerClaim: text('--provider-claim <claim>', 'User claim of the identity provider', { env: false }),
  connectProvider: texts('--connect-provider <name>', 'Identity provider to connect to the organization', {
    env: false,
  }),
  disconnectProvider: texts(
    '--disconnect-provider <name>',
    'Identity provider to disconnect from the organization',
    {
      env: false,
    },
  ),
  allowAddress: texts('--allow-address <address>', 'IP address or CIDR block to add to the IP access list', {
    env: false,
  }),
  removeAddress: texts(
    '--remove-address <address>',
    'IP address or CIDR block to remove from the IP access list',
    { env: false },
  ),
  pauseCluster: texts('--pause-cluster <name>', 'Cluster to pause', { env: false }),
  startCluster: texts('--start-cluster <name>', 'Cluster to resume', { env: false }),
  revokeUser: texts('--revoke-user <name>', 'Database user to delete', { env: false }),
  revokeIdentity: texts('--revoke-identity <arn>', 'IAM user or role to delete', { env: false }),
  dropConnections: toggle('--drop-connections', 'Close every connection to the MongoDB server', {
    env: false,
  }),
  slow: several(
    '--slow <hop=time>',
    `Delay of requests to a service: ${HOPS.join(', ')}; 0 removes the delay`,
    { env: false },
    readDelay,
  ),
} as const;

export const sandboxSet = command({
  arguments: '',
  without: ['profile', 'region', 'noInput'],
  examples: [
    'fedctl sandbox set --federation enabled',
    'fedctl sandbox set --rotate-keys                     # then verify an earlier token',
    "fedctl sandbox set --revoke-user 'arn:aws:iam::123456789012:role/app' --drop-connections",
    'fedctl sandbox set --user arn:aws:iam::123456789012:role/app --user-type iam-role --user-role readWrite@app',
    "fedctl sandbox set --provider 'fedctl lab' --provider-audience another",
    "fedctl sandbox set --disconnect-provider 'fedctl lab' --allow-address 192.0.2.0/24",
    'fedctl sandbox set --slow issuer=10s --slow mongod=2s',
  ],
  notes: `
Changes the running lab of this shell. The changes are applied in the order of the options in this help. \`fedctl
sandbox status\` lists the names of users, roles and identity providers. A user or identity provider is created if its
name is new; settings that are not given stay unchanged. A new identity provider is not connected to the organization.
A deleted database user stays logged in on open connections; --drop-connections closes these connections.`,
  options: OPTIONS,
  async run({ context, common, options }): Promise<Answer> {
    const requests = changesIn(options);
    if (requests.length === 0) {
      throw new FedctlError('usage.invalid-command-line', { message: 'No change was given.' });
    }
    const lab = createLabClient(context, common.timeoutMs);
    const changes: LabChange[] = [];
    for (const request of requests) changes.push(await lab.change(request));
    return { document: sandboxChangesDocument(changes), lines: sandboxChangesLines(changes) };
  },
});

type Options = OptionValues<typeof OPTIONS>;

function changesIn(options: Options): readonly LabChangeRequest[] {
  const account = options.account === null ? {} : { account: options.account };
  const { federation } = options;
  return [
    ...(federation === null
      ? []
      : [{ setting: 'federation', enabled: federation === 'enabled', ...account } as const]),
    ...(options.rotateKeys ? [{ setting: 'keys', ...account } as const] : []),
    ...databaseUserIn(options),
    ...identityProviderIn(options),
    ...options.connectProvider.map((name) => link(name, true)),
    ...options.disconnectProvider.map((name) => link(name, false)),
    ...options.allowAddress.map((address) => ({ setting: 'access-list', address, allowed: true }) as const),
    ...options.removeAddress.map((address) => ({ setting: 'access-list', address, allowed: false }) as const),
    ...options.pauseCluster.map((name) => ({ setting: 'cluster', name, paused: true }) as const),
    ...options.startCluster.map((name) => ({ setting: 'cluster', name, paused: false }) as const),
    ...options.revokeUser.map((username) => ({ setting: 'no-database-user', username }) as const),
    ...options.revokeIdentity.map((arn) => ({ setting: 'identity', arn }) as const),
    ...(options.dropConnections ? [{ setting: 'connections' } as const] : []),
    ...options.slow,
  ];
}

function link(identityProvider: string, connected: boolean): LabChangeRequest {
  return { setting: 'organization-link', identityProvider, connected };
}

function databaseUserIn(options: Options): readonly LabChangeRequest[] {
  const { user: username, userType: type, userDatabase: database, userRole: roles, userCluster } = options;
  const change = {
    ...(type !== null && { type }),
    ...(database !== null && { database }),
    ...(roles.length > 0 && { roles }),
    ...(userCluster.length > 0 && { clusters: userCluster }),
  };
  return oneOf('--user', username, change, (name) => ({
    setting: 'database-user',
    username: name,
    ...change,
  }));
}

function identityProviderIn(options: Options): readonly LabChangeRequest[] {
  const { provider, providerIssuer: issuer, providerAudience: audience, providerClaim: userClaim } = options;
  const change = {
    ...(issuer !== null && { issuer }),
    ...(audience !== null && { audience }),
    ...(userClaim !== null && { userClaim }),
  };
  return oneOf('--provider', provider, change, (name) => ({ setting: 'identity-provider', name, ...change }));
}

/** Creates a change to a user or an identity provider. Fails if settings are given without a name. */
function oneOf(
  flag: string,
  name: string | null,
  change: object,
  request: (name: string) => LabChangeRequest,
): readonly LabChangeRequest[] {
  if (name !== null) return [request(name)];
  if (Object.keys(change).length === 0) return [];
  throw new FedctlError('usage.invalid-command-line', {
    message: `Options that start with ${flag}- require ${flag}.`,
  });
}

/** Parses a delay such as `mongod=2s`. */
function readDelay(value: string, option: Flag): LabChangeRequest {
  const [name, time = ''] = value.split('=', 2);
  const hop = HOPS.find((one) => one === name);
  const seconds = parseDuration(time);
  if (hop !== undefined && seconds !== null) return { setting: 'delay', hop, ms: seconds * 1000 };
  const expected = `a service (${HOPS.join(', ')}) and a time, such as mongod=2s`;
  throw invalidValue(option, { value, expected });
}
