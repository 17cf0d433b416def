import type { CheckTarget } from '../core/check-target.ts';

/** What is known already of the first target. */
export interface Known extends Pick<CheckTarget, 'mechanism' | 'audience'> {
  /** As somebody typed it: it is written, and not used. */
  readonly uri: string | null;
  /** Path of the schema, for editors. */
  readonly schema: string;
}

/** The name of the one target of a new file. */
const STARTER_TARGET = 'main';

/**
 * A `fedctl.yaml` to begin with: one target, every other key commented out with what it is for. Valid as it is, and with
 * any of those keys uncommented.
 *
 * @param known goes in as text, whatever it holds; the reader tells whether it is valid
 */
export function starterConfig({ uri, mechanism, audience, schema }: Known): string {
  return `# yaml-language-server: $schema=${schema}
#
# What fedctl check checks. No secret belongs here, and none is needed: fedctl brings tokens and keys itself.
# Any text may read a variable of yours: \${FEDCTL_VAR_NAME}, or \${FEDCTL_VAR_NAME:-default}; $$ is a dollar sign.

# For every target; a target's own keys beat these.
defaults:
  # How long a token lives (60 to 3600 seconds), and how AWS signs it: MongoDB 7.0 and 8.0 take RS256 only.
  duration: 5m
  signingAlgorithm: RS256

  # As whom: an AWS profile, and its Region.
  # profile: production
  # region: eu-west-1

targets:
  # A name of your choice; fedctl check --target ${STARTER_TARGET} checks this one.
  ${STARTER_TARGET}:
    # oidc logs in with a token, aws with AWS keys, both does both.
    mechanism: ${mechanism ?? 'oidc'}

    # The cluster, without a password. Without it, the half of the database is left out.
    ${given('uri', uri, 'mongodb+srv://cluster0.example.mongodb.net/')}

    # Whom the token is for: the audience of the identity provider in Atlas. Without it, nothing is minted.
    ${given('audience', audience, 'my-atlas')}

    # The role that the workload runs as, and what its trust policy asks for.
    # roleArn: arn:aws:iam::123456789012:role/app
    # externalId: shared-with-them
    # sessionName: fedctl-check
    # mfaSerial: arn:aws:iam::123456789012:mfa/alice

    # The very token that an application reads from a file, instead of one that is minted.
    # tokenFile: token.jwt

    # What the token must say; * in the subject stands for anything.
    # issuer: https://00000000-0000-0000-0000-000000000000.tokens.sts.global.api.aws
    # subject: arn:aws:iam::123456789012:role/app

    # What the database user must be allowed, and a write, a read and a delete to prove it (true: in fedctl.probe).
    # privileges: [find@app, insert@app.visits]
    # writeProbe: app.probe

    # An HTTP API that takes the token.
    # api: https://api.example.com/whoami

    # The cluster in Atlas, where the credentials of its API are in the environment (MONGODB_ATLAS_…).
    # atlasProject: 0123456789abcdef01234567
    # atlasCluster: cluster0

    # The DNS server to ask for the names of the cluster.
    # dnsServer: 127.0.0.1:53
`;
}

/** A key with its value, quoted so that YAML and interpolation leave it alone; commented out with an example if there is none. */
function given(key: string, value: string | null, example: string): string {
  return value === null
    ? `# ${key}: ${example}`
    : `${key}: ${JSON.stringify(value.replaceAll('$', () => '$$'))}`;
}
