import { minting } from '../../auth/mint.ts';
import { formatDuration } from '../../core/duration.ts';
import { FedctlError } from '../../core/errors.ts';
import { check } from '../check.ts';
import { loginAddress } from '../login-address.ts';
import { fail, pass, skip } from '../outcome.ts';
import { OIDC_CHECKS } from './login.ts';
import { callerAws, stsMint } from './token.ts';

/**
 * The shortest token lifetime that AWS allows, in seconds. With this lifetime, the server requests a new
 * token as early as possible.
 */
export const SOAK_TOKEN_SECONDS = 60;
const EVERY_MS = 1000;

/**
 * Checks that a connection stays open after its token expires: the server requires reauthentication (code
 * 391), and the driver supplies a new token.
 */
export const mongoSoak = check<null>({
  id: 'mongo.oidc.soak',
  title: 'a connection stays open after its token expires',
  link: 'cluster',
  needs: [OIDC_CHECKS.user],
  asked: ({ options, plan }) =>
    options.soakMs !== null &&
    plan.mint !== null &&
    plan.database?.mechanisms.includes('MONGODB-OIDC') === true,
  async run(world, facts) {
    const { context, plan, options } = world;
    if (plan.database === null || plan.mint === null || options.soakMs === null)
      return skip('no connection to keep open');
    if (facts.of(stsMint) === null) return skip('no token can be minted');
    const bounds = { timeoutMs: options.timeoutMs, signal: context.signal };
    const request = { ...plan.mint, durationSeconds: SOAK_TOKEN_SECONDS };
    const source = minting(callerAws(facts), request, bounds);
    const mongo = await context.mongo();
    const { reauthentications, commands, failure } = await mongo.hold(
      {
        mechanism: 'MONGODB-OIDC',
        ...loginAddress(world, plan.database.uri),
        tokenSource: {
          async get(signal) {
            const token = await source.get(signal);
            world.held(token.expiresAt);
            return token;
          },
        },
        forMs: options.soakMs,
        everyMs: EVERY_MS,
      },
      () => {},
      context.signal,
    );
    if (failure !== null) return fail(failure);
    const held = `open for ${formatDuration(options.soakMs / 1000)} with a token lifetime of ${SOAK_TOKEN_SECONDS} s (${commands} commands)`;
    if (reauthentications > 0) return pass(`${held}, reauthentications: ${reauthentications}`, null);
    return fail(
      new FedctlError('mongo.reauthentication-unseen', {
        message: `The server did not request a new token while the connection was ${held}.`,
        details: { commands },
      }),
    );
  },
});
