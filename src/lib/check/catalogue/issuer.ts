import { examineIssuer, type IssuerReport } from '../../auth/issuer-report.ts';
import { verifyJwt } from '../../jwt/verify.ts';
import { type Asked, check, type Facts } from '../check.ts';
import { compare } from '../claim-comparisons.ts';
import { unknownIssuer } from '../missing-input.ts';
import { fail, pass, skip, unseen } from '../outcome.ts';
import { audienceOf, renewable } from '../renew-token-file.ts';
import { tokenFault } from '../token-fault.ts';
import type { World } from '../world.ts';
import { expectedIssuer, issuerEvidence, jwtClaims, tokenOf } from './token.ts';

const usesToken = ({ plan }: Asked) => plan.usesToken;
const issuerKey = (world: World, facts: Facts) => expectedIssuer(world, facts);

/**
 * Reads the discovery document even if minting failed, because other principals may have tokens from this
 * issuer.
 */
export const issuerDiscovery = check<IssuerReport>({
  id: 'issuer.discovery',
  title: 'the issuer serves its discovery document',
  link: 'issuer',
  needs: [],
  evidence: issuerEvidence,
  asked: usesToken,
  sharedBy: issuerKey,
  async run(world, facts) {
    const issuer = expectedIssuer(world, facts);
    if (issuer === null) return unseen(unknownIssuer(), 'skip');
    const { fetch, signal } = world.context;
    const report = await examineIssuer(issuer, { fetch, signal, timeoutMs: world.options.timeoutMs });
    const { failure, url } = report.discovery;
    return failure === null ? pass(url, report) : fail(failure);
  },
});

export const issuerKeys = check<IssuerReport>({
  id: 'issuer.keys',
  title: 'the issuer publishes its keys',
  link: 'issuer',
  needs: [issuerDiscovery],
  asked: usesToken,
  async run(_world, facts) {
    const report = facts.of(issuerDiscovery);
    if (report === null) return skip('the issuer is unknown');
    const { failure } = report.jwks;
    if (failure !== null) return fail(failure);
    const keys = report.keys.map(({ keyId, algorithm, keyType }) => `${keyId} (${algorithm ?? keyType})`);
    return pass(keys.join(', '), report);
  },
});

/**
 * Verifies the signature of the token. Uses only the keys of the expected issuer, because a valid signature
 * from another issuer proves nothing.
 */
export const jwtSignature = check<null>({
  id: 'jwt.signature',
  title: 'the token is signed with a key of the issuer',
  link: 'issuer',
  needs: [jwtClaims, issuerKeys],
  asked: usesToken,
  async run({ context, target }, facts) {
    const token = tokenOf(facts);
    const report = facts.of(issuerKeys);
    if (token === null) return skip('no token to verify');
    if (report === null) return skip('the issuer is unknown, so the token cannot be verified');
    const { faults } = await verifyJwt(token.token.reveal(), async () => report.published, {
      issuer: token.issuer,
      audience: null,
      subject: null,
      now: context.now(),
    });
    const kid = compare(
      'kid',
      token.keyId,
      report.keys.flatMap(({ keyId }) => keyId ?? []),
      'the keys of the issuer',
    );
    const [fault] = faults;
    if (fault !== undefined) {
      return fail(renewable(tokenFault(fault), target, audienceOf(target, token)), { comparisons: [kid] });
    }
    return pass(`${token.algorithm} with the key ${token.keyId}`, null, { comparisons: [kid] });
  },
});
