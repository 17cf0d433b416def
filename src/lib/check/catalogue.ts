import { netApi } from './catalogue/api.ts';
import { atlasApi } from './catalogue/atlas-api.ts';
import { atlasAccessList, atlasCluster } from './catalogue/atlas-cluster.ts';
import {
  atlasAwsUser,
  atlasIdentityProvider,
  atlasOidcUser,
  atlasOrganizationLink,
} from './catalogue/atlas-trust.ts';
import { awsCredentials, awsIdentity, awsProfile, awsRegion, stsRole } from './catalogue/aws.ts';
import { awsClock } from './catalogue/clock.ts';
import { configTarget } from './catalogue/configuration.ts';
import { issuerDiscovery, issuerKeys, jwtSignature } from './catalogue/issuer.ts';
import { AWS_CHECKS, OIDC_CHECKS } from './catalogue/login.ts';
import { mongoDns, mongoHello, mongoTcp, mongoTls } from './catalogue/mongo.ts';
import { foreignAudience, secondAudience, wrongAudienceRefused } from './catalogue/negative.ts';
import { mongoSoak } from './catalogue/soak.ts';
import { iamFederation, jwtClaims, stsMint, tokenFile } from './catalogue/token.ts';
import type { Check } from './check.ts';

/**
 * All checks, in the order of the chain. If several checks fail, diagnosis starts at the first failed check.
 */
export const CATALOGUE: readonly Check[] = [
  configTarget,
  awsProfile,
  awsRegion,
  awsClock,
  awsCredentials,
  awsIdentity,
  stsRole,
  iamFederation,
  stsMint,
  foreignAudience,
  secondAudience,
  tokenFile,
  jwtClaims,
  issuerDiscovery,
  issuerKeys,
  jwtSignature,
  atlasApi,
  atlasIdentityProvider,
  atlasOrganizationLink,
  atlasOidcUser,
  atlasAwsUser,
  atlasAccessList,
  atlasCluster,
  mongoDns,
  mongoTcp,
  mongoTls,
  mongoHello,
  OIDC_CHECKS.login,
  OIDC_CHECKS.user,
  OIDC_CHECKS.privileges,
  OIDC_CHECKS.write,
  AWS_CHECKS.login,
  AWS_CHECKS.user,
  AWS_CHECKS.privileges,
  AWS_CHECKS.write,
  wrongAudienceRefused,
  mongoSoak,
  netApi,
];
