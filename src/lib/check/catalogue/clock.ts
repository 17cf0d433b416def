import { check } from '../check.ts';
import { clockOutcome, readClocks } from '../clock.ts';
import { awsProfile, awsRegion, callerKey } from './aws.ts';
import { expectedIssuer, issuerEvidence } from './token.ts';

/**
 * Compares the local clock with STS and the issuer, which are operated separately. If the issuer is unknown,
 * compares with IAM instead. Precedes the credential checks in the chain, because AWS rejects credentials if
 * the clock is wrong.
 */
export const awsClock = check<null>({
  id: 'aws.clock',
  title: 'the clock of this machine is correct',
  link: 'principal',
  needs: [awsRegion],
  evidence: issuerEvidence,
  asked: ({ plan }) => plan.usesAws,
  sharedBy: (world, facts) => JSON.stringify([callerKey(world), expectedIssuer(world, facts)]),
  async run(world, facts) {
    const { context, options } = world;
    const aws = facts.needed(awsProfile);
    const sts = (await aws.sts()).endpoint;
    const second = expectedIssuer(world, facts) ?? (await aws.iam()).endpoint;
    const third = options.atlas === null ? [] : [options.atlas.url];
    return clockOutcome(await readClocks([sts, second, ...third], context, options.timeoutMs));
  },
});
