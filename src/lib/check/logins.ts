import { awsUserOf } from '../auth/identity.ts';
import { FedctlError } from '../core/errors.ts';
import type { LoginKeys, LoginPlan, Mechanism } from '../ports/mongo.ts';
import { awsIdentity, callerOf, stsRole } from './catalogue/aws.ts';
import { callerAws, jwtClaims, tokenOf } from './catalogue/token.ts';
import type { Facts } from './check.ts';
import { loginAddress } from './login-address.ts';
import { LoginRun } from './login-run.ts';
import type { World } from './world.ts';

/**
 * Returns the login that uses this mechanism. Each target has one login per mechanism. The first call starts
 * the login. The login connects to the cluster, then waits for the check that provides the token or the AWS
 * credentials.
 */
export function loginOf(mechanism: Mechanism, world: World, facts: Facts): LoginRun {
  const started = world.logins.get(mechanism) ?? start(mechanism, world, facts);
  world.logins.set(mechanism, started);
  return started;
}

function start(mechanism: Mechanism, world: World, facts: Facts): LoginRun {
  const { context, target, plan } = world;
  if (plan.database === null) throw new TypeError('no login is configured');
  const login: LoginPlan = {
    mechanism,
    ...loginAddress(world, plan.database.uri),
    ...(target.writeProbe === null ? {} : { writeProbe: target.writeProbe }),
    ...(target.privileges.length === 0 ? {} : { privileges: true }),
    ...(mechanism === 'MONGODB-OIDC'
      ? { tokenSource: { get: () => tokenToSend(facts) } }
      : { credentials: (signal: AbortSignal) => keysToSend(facts, signal) }),
  };
  return new LoginRun(async (observe) => (await context.mongo()).login(login, observe, context.signal));
}

/**
 * Returns the token for the login. Throws if no token was minted or read, or if the check of its claims did not pass.
 */
async function tokenToSend(facts: Facts) {
  const claims = await facts.when(jwtClaims);
  const token = tokenOf(facts);
  if (claims === null || token === null) throw nothingToSend('tokens');
  return token;
}

async function keysToSend(facts: Facts, signal: AbortSignal): Promise<LoginKeys> {
  await facts.when(awsIdentity);
  await facts.when(stsRole);
  const caller = callerOf(facts);
  if (caller === null) throw nothingToSend('AWS credentials');
  const keys = await callerAws(facts).credentials(signal);
  return { ...keys, arn: caller.arn, databaseUser: awsUserOf(caller.subject) };
}

/** Returns the failure for a login without credentials. The checks that require the login are skipped. */
function nothingToSend(what: string): FedctlError {
  return new FedctlError('mongo.auth-failed', { message: `No ${what} to log in with.` });
}
