import type { CheckTarget } from '../core/check-target.ts';

/** The known settings of the first target. */
export interface Known extends Pick<CheckTarget, 'mechanism' | 'audience'> {
  /** The connection string that the user entered, unchanged. */
  readonly uri: string | null;
  /** The path of the JSON schema, for editors. */
  readonly schema: string;
}

/** The name of the only target in a new file. */
const STARTER_TARGET = 'main';

/**
 * Returns a new `fedctl.yaml` with one target. Every key has a description. Keys without a known or fixed
 * value are commented out. The file is valid, and remains valid if any of these keys are uncommented.
 *
 * @param known settings to insert without validation; fedctl validates them when it parses the file
 */
export function starterConfig({ uri, mechanism, audience, schema }: Known): string {
  return `# yaml-language-server: $schema=${schema}
#
# Targets for "fedctl check". Do not write secrets here: fedctl obtains tokens and AWS credentials itself.
# A value can read a variable: \${FEDCTL_VAR_NAME} or \${FEDCTL_VAR_NAME:-default}. Write $$ for a dollar sign.

# Settings of every target. The settings of a target override them.
defaults:
  # Lifetime of the token (60 to 3600 seconds) and signing algorithm. MongoDB 7.0 and 8.0 accept RS256 only.
  duration: 5m
  signingAlgorithm: RS256

  # AWS profile and Region.
  # profile: production
  # region: eu-west-1

targets:
  # Name of the target, for example in: fedctl check --target ${STARTER_TARGET}
  ${STARTER_TARGET}:
    # Login: oidc (with a token), aws (with AWS credentials) or both.
    mechanism: ${mechanism ?? 'oidc'}

    # Connection string of the cluster, without a password. Required for the database checks.
    ${given('uri', uri, 'mongodb+srv://cluster0.example.mongodb.net/')}

    # Audience of the token, which is the audience of the identity provider in Atlas. Without it, no token is minted.
    ${given('audience', audience, 'my-atlas')}

    # Role of the workload, and the values that its trust policy requires.
    # roleArn: arn:aws:iam::123456789012:role/app
    # externalId: shared-with-them
    # sessionName: fedctl-check
    # mfaSerial: arn:aws:iam::123456789012:mfa/alice

    # Token file to check instead of a minted token.
    # tokenFile: token.jwt

    # Expected issuer and subject of the token. * in the subject matches any text.
    # issuer: https://00000000-0000-0000-0000-000000000000.tokens.sts.global.api.aws
    # subject: arn:aws:iam::123456789012:role/app

    # Privileges that the database user must have.
    # privileges: [find@app, insert@app.visits]

    # Collection in which to write and remove a test document. true means fedctl.probe.
    # writeProbe: app.probe

    # HTTP API that accepts the token.
    # api: https://api.example.com/whoami

    # Project and cluster in Atlas. They require Atlas API credentials in the environment (MONGODB_ATLAS_…).
    # atlasProject: 0123456789abcdef01234567
    # atlasCluster: cluster0

    # DNS server for the host names of the cluster.
    # dnsServer: 127.0.0.1:53
`;
}

/**
 * Returns a line with a key and its value. The value is quoted, so that YAML parsing and variable replacement
 * do not change it. If the value is null, returns a comment with the key and an example.
 */
function given(key: string, value: string | null, example: string): string {
  return value === null
    ? `# ${key}: ${example}`
    : `${key}: ${JSON.stringify(value.replaceAll('$', () => '$$'))}`;
}
