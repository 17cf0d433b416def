import type { CheckTarget } from '../../src/lib/core/check-target.ts';

/** A target that says nothing, and what a test changes of it. */
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
