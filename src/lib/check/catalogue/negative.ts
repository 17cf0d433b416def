import { minting } from '../../auth/mint.ts';
import { FedctlError, isFedctlError } from '../../core/errors.ts';
import type { MintedToken } from '../../core/token.ts';
import type { LoginPlan } from '../../ports/mongo.ts';
import { type Asked, check, type Facts } from '../check.ts';
import { loginAddress } from '../login-address.ts';
import { fail, type Outcome, pass, skip } from '../outcome.ts';
import type { World } from '../world.ts';
import { callerKey } from './aws.ts';
import { OIDC_CHECKS } from './login.ts';
import { callerAws, stsMint } from './token.ts';

/** An audience that no relying party accepts. A leaked token for this audience is therefore useless. */
const NOBODY = 'urn:fedctl:negative-probe';
/** The shortest token lifetime that AWS allows, in seconds. */
const SHORTEST = 60;

const asked = ({ options, plan }: Asked) => options.negative && plan.mint !== null;

/**
 * Checks that a principal whose policies allow only one audience cannot mint a token for another audience.
 */
export const foreignAudience = check<null>({
  id: 'sts.foreign-audience',
  title: 'policy denies a token for an unrelated audience',
  link: 'sts',
  needs: [stsMint],
  asked,
  sharedBy: (world) => JSON.stringify([callerKey(world), world.plan.mint?.signingAlgorithm]),
  async run(world, facts) {
    const outcome = await mintFor([NOBODY], world, facts);
    return outcome.minted === null
      ? pass(outcome.refusal, null)
      : fail(unrestricted(`a token for "${NOBODY}"`));
  },
});

/**
 * Requests one token for two audiences: the allowed audience and an additional audience. A policy that uses
 * ForAnyValue by mistake allows this request (facts/aws.md 5).
 */
export const secondAudience = check<null>({
  id: 'sts.second-audience',
  title: 'policy denies a token with an additional audience',
  link: 'sts',
  needs: [stsMint],
  asked,
  sharedBy: (world) => JSON.stringify([callerKey(world), world.plan.mint]),
  async run(world, facts) {
    const { audience } = world.target;
    if (audience === null) return skip('no audience is given');
    const outcome = await mintFor([audience, NOBODY], world, facts);
    return outcome.minted === null
      ? pass(outcome.refusal, null)
      : fail(unrestricted(`a token for "${audience}" and "${NOBODY}" at once`));
  },
});

type Minted =
  | { readonly minted: MintedToken; readonly refusal: null }
  | { readonly minted: null; readonly refusal: string };

async function mintFor(audience: readonly string[], world: World, facts: Facts): Promise<Minted> {
  const { context, plan, options } = world;
  const signingAlgorithm = plan.mint?.signingAlgorithm ?? 'RS256';
  const request = { audience, signingAlgorithm, durationSeconds: SHORTEST, tags: [] };
  const bounds = { timeoutMs: options.timeoutMs, signal: context.signal };
  try {
    return { minted: await minting(callerAws(facts), request, bounds).get(context.signal), refusal: null };
  } catch (error) {
    if (!isFedctlError(error) || error.code !== 'sts.mint-denied') throw error;
    return { minted: null, refusal: 'denied, as expected' };
  }
}

function unrestricted(what: string): FedctlError {
  return new FedctlError('sts.audience-unrestricted', {
    message: `STS minted ${what}: no policy restricts the audiences that the principal can request.`,
    details: { audience: NOBODY },
  });
}

/** Logs in with a token for a different audience. The server must reject this login. */
export const wrongAudienceRefused = check<null>({
  id: 'mongo.oidc.wrong-audience',
  title: 'the cluster rejects a token for a different audience',
  link: 'cluster',
  needs: [OIDC_CHECKS.login],
  asked: (world) => asked(world) && world.plan.database?.mechanisms.includes('MONGODB-OIDC') === true,
  async run(world, facts): Promise<Outcome<null>> {
    const { context, plan } = world;
    if (plan.database === null) return skip('no connection string is given');
    const { minted } = await mintFor([NOBODY], world, facts);
    if (minted === null)
      return skip('an AWS policy denies a token for a different audience, so the cluster cannot be tested');
    const login: LoginPlan = {
      mechanism: 'MONGODB-OIDC',
      ...loginAddress(world, plan.database.uri),
      tokenSource: { get: async () => minted },
    };
    try {
      await (await context.mongo()).login(login, () => {}, context.signal);
    } catch (error) {
      if (!isFedctlError(error)) throw error;
      const refused = error.code === 'mongo.oidc-refused' || error.code === 'mongo.atlas-auth-error';
      if (refused) return pass('denied, as expected', null);
      throw error;
    }
    return fail(
      new FedctlError('mongo.audience-unchecked', {
        message: `The cluster accepted a token for "${NOBODY}": the cluster does not check the audience.`,
      }),
    );
  },
});
