/** Documentation that many explanations rest on. */
export const STS_TOKEN = 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html';
export const OUTBOUND =
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_getting_started.html';
export const OUTBOUND_CLAIMS =
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html';
export const OUTBOUND_POLICIES =
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_policies.html';
export const IAM_ENABLE =
  'https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOutboundWebIdentityFederation.html';
export const IAM_INFO =
  'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOutboundWebIdentityFederationInfo.html';
export const STS_ERRORS = 'https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html';
export const STS_ASSUME = 'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html';
export const STS_WEB_IDENTITY =
  'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html';
export const SDK_SETTINGS = 'https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html';
export const SDK_ENDPOINTS = 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html';
export const SDK_PROCESS = 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html';
export const ATLAS_WORKLOAD = 'https://www.mongodb.com/docs/atlas/workload-oidc/';
export const ATLAS_API = 'https://www.mongodb.com/docs/atlas/reference/api-resources-spec/v2/';
export const ATLAS_ACCESS_LIST = 'https://www.mongodb.com/docs/atlas/security/ip-access-list/';
export const AUTH_SPEC = 'https://github.com/mongodb/specifications/blob/master/source/auth/auth.md';
export const SRV_SPEC =
  'https://github.com/mongodb/specifications/blob/master/source/initial-dns-seedlist-discovery/initial-dns-seedlist-discovery.md';
export const SERVER_CODES = 'https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml';
export const NODE_DRIVER = 'https://github.com/mongodb/node-mongodb-native';
export const JWT = 'RFC 7519';
export const JWS = 'RFC 7515';
export const DISCOVERY = 'https://openid.net/specs/openid-connect-discovery-1_0.html';
