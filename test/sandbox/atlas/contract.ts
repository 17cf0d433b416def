import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/*
 * What Atlas answers, as JSON Schemas written by hand from its contract and its recorded answers (facts/mongodb.md 7.4
 * to 7.8). Where both differ the recorded answer counts: `identityProviderId` and `userConflicts` null, `groupId` in a
 * database user, `readPreference` in lower case, a `failureReason` of null, which the contract has in its prose only, `oktaIdpId` in any spelling, slashes in CIDR blocks (7.9). Nothing
 * else than what is named here may be answered.
 */

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
addFormats.default(ajv);

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const count: Schema = { type: 'integer', minimum: 0 };
const id: Schema = { type: 'string', pattern: '^[a-f0-9]{24}$' };
const time: Schema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' };
const oneOf = (...values: readonly string[]): Schema => ({ enum: values });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const list = (items: Schema): Schema => ({ type: 'array', items });
const none: Schema = { type: 'array', maxItems: 0 };

/** An object with exactly these members; those after a question mark may be missing. */
function shape(members: Readonly<Record<string, Schema>>): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [name, schema] of Object.entries(members)) {
    const plain = name.replace(/\?$/, '');
    properties[plain] = schema;
    if (plain === name) required.push(plain);
  }
  return { type: 'object', properties, required, additionalProperties: false };
}

const links = list(shape({ href: { type: 'string', format: 'uri' }, rel: text }));
const page = (item: Schema): Schema => shape({ links, results: list(item), 'totalCount?': count });

const organization = shape({ id, isDeleted: flag, links, name: text, skipDefaultAlertsSettings: flag });
const project = shape({
  clusterCount: count,
  created: time,
  id,
  links,
  name: text,
  orgId: id,
  tags: none,
  withDefaultAlertsSettings: flag,
});
const connectedOrgConfig = shape({
  dataAccessIdentityProviderIds: { ...list(id), uniqueItems: true },
  domainAllowList: none,
  domainRestrictionEnabled: flag,
  identityProviderId: orNull(text),
  instantUserProvisioningDisabled: flag,
  orgId: id,
  postAuthRoleGrants: list(oneOf('ORG_OWNER', 'ORG_MEMBER', 'ORG_READ_ONLY')),
  roleMappings: none,
  userConflicts: { type: 'null' },
});
const identityProvider = shape({
  associatedOrgs: list(connectedOrgConfig),
  audience: text,
  authorizationType: oneOf('USER', 'GROUP'),
  createdAt: time,
  description: text,
  displayName: { type: 'string', minLength: 1, maxLength: 50 },
  groupsClaim: text,
  id,
  idpType: oneOf('WORKFORCE', 'WORKLOAD'),
  issuerUri: text,
  oktaIdpId: orNull({ type: 'string', pattern: '^[A-Za-z0-9]{20}$' }),
  protocol: oneOf('SAML', 'OIDC'),
  updatedAt: orNull(time),
  userClaim: text,
});
const databaseUser = shape({
  awsIAMType: oneOf('NONE', 'USER', 'ROLE'),
  databaseName: oneOf('admin', '$external'),
  'deleteAfterDate?': time,
  'description?': { type: 'string', maxLength: 100 },
  groupId: id,
  labels: none,
  ldapAuthType: oneOf('NONE', 'GROUP', 'USER'),
  links,
  oidcAuthType: oneOf('NONE', 'IDP_GROUP', 'USER'),
  roles: list(shape({ databaseName: text, roleName: text, 'collectionName?': text })),
  scopes: list(shape({ name: text, type: oneOf('CLUSTER', 'DATA_LAKE', 'STREAM') })),
  username: { type: 'string', maxLength: 1024 },
  x509Type: oneOf('NONE', 'CUSTOMER', 'MANAGED'),
});
const accessListEntry = shape({
  'awsSecurityGroup?': { type: 'string', pattern: '^([0-9]*/)?sg-([0-9]*)' },
  'cidrBlock?': { type: 'string', pattern: '^[0-9a-f.:]+/\\d{1,3}$' },
  comment: { type: 'string', maxLength: 80 },
  'deleteAfterDate?': time,
  groupId: id,
  'ipAddress?': { anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }], type: 'string' },
  links,
});
const specs = shape({
  instanceSize: text,
  diskIOPS: count,
  'diskSizeGB?': { type: 'number' },
  ebsVolumeType: text,
  nodeCount: count,
});
const dedicatedRegion = shape({
  analyticsSpecs: specs,
  autoScaling: { type: 'object' },
  electableSpecs: specs,
  priority: count,
  providerName: oneOf('AWS', 'AZURE', 'GCP'),
  readOnlySpecs: specs,
  regionName: text,
});
const tenantRegion = shape({
  backingProviderName: oneOf('AWS', 'AZURE', 'GCP'),
  electableSpecs: shape({ effectiveInstanceSize: text, instanceSize: oneOf('M0', 'M2', 'M5') }),
  priority: count,
  providerName: oneOf('TENANT'),
  regionName: text,
});
const connectionStrings = shape({
  'standard?': { type: 'string', pattern: '^mongodb://[^@]+$' },
  'standardSrv?': { type: 'string', pattern: '^mongodb\\+srv://[^/?@]+$' },
});
const clusterMembers = {
  backupEnabled: flag,
  biConnector: shape({ enabled: flag, readPreference: oneOf('primary', 'secondary', 'analytics') }),
  clusterType: oneOf('REPLICASET', 'SHARDED', 'GEOSHARDED'),
  connectionStrings,
  createDate: time,
  diskWarmingMode: oneOf('FULLY_WARMED', 'VISIBLE_EARLIER', 'ENHANCED_FULLY_WARMED'),
  encryptionAtRestProvider: oneOf('NONE', 'AWS', 'AZURE', 'GCP'),
  featureCompatibilityVersion: text,
  globalClusterSelfManagedSharding: flag,
  groupId: id,
  id,
  labels: none,
  links,
  mongoDBMajorVersion: { type: 'string', pattern: '^\\d+\\.\\d+$' },
  mongoDBVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' },
  name: { type: 'string', pattern: '^[a-zA-Z0-9][a-zA-Z0-9-]*$' },
  paused: flag,
  pitEnabled: flag,
  rootCertType: oneOf('ISRGROOTX1'),
  stateName: oneOf('IDLE', 'CREATING', 'UPDATING', 'DELETING', 'REPAIRING'),
  tags: none,
  terminationProtectionEnabled: flag,
  versionReleaseSystem: oneOf('LTS', 'CONTINUOUS'),
};
const replicationSpec = {
  id,
  regionConfigs: list({ anyOf: [dedicatedRegion, tenantRegion] }),
  zoneId: id,
  zoneName: text,
};
const cluster = shape({
  ...clusterMembers,
  redactClientLogData: flag,
  replicationSpecs: list(shape(replicationSpec)),
  retainBackups: flag,
});
const cluster20230201 = shape({
  ...clusterMembers,
  diskSizeGB: { type: 'number' },
  replicationSpecs: list(shape({ ...replicationSpec, numShards: { type: 'integer', minimum: 1 } })),
});
const flexCluster = shape({
  backupSettings: shape({ enabled: flag }),
  clusterType: oneOf('REPLICASET'),
  connectionStrings,
  createDate: time,
  groupId: id,
  id,
  mongoDBVersion: text,
  name: text,
  providerSettings: shape({
    backingProviderName: text,
    diskSizeGB: { type: 'number' },
    providerName: oneOf('FLEX'),
    regionName: text,
  }),
  stateName: clusterMembers.stateName,
  tags: none,
  terminationProtectionEnabled: flag,
  versionReleaseSystem: oneOf('LTS'),
});

const SCHEMAS = {
  organization,
  organizations: page(organization),
  federationSettings: shape({
    federatedDomains: none,
    hasRoleMappings: flag,
    id,
    identityProviderId: { type: 'null' },
    identityProviderStatus: oneOf('ACTIVE', 'INACTIVE'),
  }),
  identityProvider,
  identityProviders: page(identityProvider),
  connectedOrgConfig,
  connectedOrgConfigs: page(connectedOrgConfig),
  project,
  projects: page(project),
  databaseUser,
  databaseUsers: page(databaseUser),
  accessListEntry,
  accessList: page(accessListEntry),
  accessListStatus: shape({ STATUS: oneOf('PENDING', 'FAILED', 'ACTIVE') }),
  cluster,
  cluster20230201,
  clusters: page(cluster),
  clusters20230201: page(cluster20230201),
  flexCluster,
  flexClusters: page(flexCluster),
  allClusters: page(
    shape({
      clusters: list(
        shape({
          alertCount: count,
          authEnabled: flag,
          availability: oneOf('available', 'dead', 'unavailable', 'warning'),
          backupEnabled: flag,
          clusterId: id,
          dataSizeBytes: count,
          name: text,
          nodeCount: count,
          sslEnabled: flag,
          type: oneOf('REPLICA_SET', 'SHARDED_CLUSTER'),
          versions: { ...list(text), uniqueItems: true },
        }),
      ),
      groupId: id,
      groupName: text,
      orgId: id,
      orgName: text,
      planType: text,
      tags: none,
    }),
  ),
  accessHistory: shape({
    accessLogs: list(
      shape({
        authResult: flag,
        authSource: text,
        failureReason: orNull(text),
        groupId: id,
        hostname: text,
        ipAddress: { type: 'string', format: 'ipv4' },
        logLine: text,
        timestamp: { type: 'string', pattern: '^\\w{3} \\w{3} \\d\\d \\d\\d:\\d\\d:\\d\\d GMT \\d{4}$' },
        username: text,
      }),
    ),
  }),
  error: shape({
    'badRequestDetail?': shape({ fields: list(shape({ description: text, field: text })) }),
    detail: text,
    error: { type: 'integer', minimum: 400, maximum: 599 },
    errorCode: { type: 'string', pattern: '^[A-Z0-9_]+$' },
    parameters: orNull(list(text)),
    reason: text,
  }),
} as const satisfies Readonly<Record<string, Schema>>;

export type ContractName = keyof typeof SCHEMAS;

/** What keeps a document from being what Atlas answers, or an empty list. */
export function contractFaults(name: ContractName, document: unknown): string[] {
  const validate = ajv.getSchema(name) ?? ajv.addSchema(SCHEMAS[name], name).getSchema(name);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  if (validate(document) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message = '', params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
