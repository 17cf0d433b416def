import type { CheckTarget } from '../../src/lib/core/check-target.ts';

/** An empty target, with the changes of a test. */
export function target(changes: Partial<CheckTarget> = {}): CheckTarget {
  return {
    name: 'default',
    uri: null,
    refuseMember: null,
    mechanism: null,
    audience: null,
    signingAlgorithm: 'RS256',
    durationSeconds: 300,
    tokenFile: null,
    role: null,
    profile: null,
    region: null,
    issuer: null,
    subject: null,
    privileges: [],
    writeProbe: null,
    api: null,
    atlasProject: null,
    atlasCluster: null,
    dnsServer: null,
    warnings: [],
    ...changes,
  };
}
