import { check } from '../check.ts';
import { clockOutcome, clockReadings, requestTimes } from '../clock.ts';
import { atlasApi } from './atlas-api.ts';
import { awsIdentity, awsProfile, awsRegion, callerKey } from './aws.ts';
import { issuerDiscovery } from './issuer.ts';
import { expectedIssuer, iamFederation, issuerEvidence } from './token.ts';

/**
 * Compares the local clock with the clocks of two independent servers: STS and the issuer. If the issuer is
 * unknown, uses the clock of IAM instead of the clock of the issuer. If another check sends a request to one of
 * these servers, `aws.clock` waits for that check and reads the time from the response. Otherwise, `aws.clock`
 * sends a request itself. In the report, `aws.clock` still precedes the credential checks, because AWS rejects
 * credentials if the clock is wrong.
 */
export const awsClock = check<null>({
  id: 'aws.clock',
  title: 'the clock of this machine is correct',
  link: 'principal',
  needs: [awsRegion],
  evidence: issuerEvidence,
  after: [awsIdentity, issuerDiscovery, atlasApi],
  asked: ({ plan }) => plan.usesAws,
  sharedBy: (world, facts) => JSON.stringify([callerKey(world), expectedIssuer(world, facts)]),
  async run(world, facts) {
    const { context, options } = world;
    const aws = facts.needed(awsProfile);
    const issuer = expectedIssuer(world, facts);
    const second = issuer ?? (await aws.iam()).endpoint;
    const servers = [
      { url: (await aws.sts()).endpoint, askedBy: awsIdentity },
      { url: second, askedBy: issuer === null ? iamFederation : issuerDiscovery },
      ...(options.atlas === null ? [] : [{ url: options.atlas.url, askedBy: atlasApi }]),
    ];
    // Only servers that received no request from an earlier check are contacted. A server that did not
    // respond to an earlier check will not respond to a second request either.
    const unasked = servers.filter(({ askedBy }) => (facts.resultOf(askedBy)?.status ?? 'skip') === 'skip');
    const urls = (of: typeof servers) => of.map(({ url }) => url);
    await requestTimes(urls(unasked), context, options.timeoutMs);
    return clockOutcome(clockReadings(urls(servers), context.clocks));
  },
});
