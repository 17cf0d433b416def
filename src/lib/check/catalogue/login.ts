import { FedctlError } from '../../core/errors.ts';
import type { Mechanism, ServerIdentity } from '../../ports/mongo.ts';
import { isAllowed } from '../../trust/privileges.ts';
import { type Asked, type Check, check, type Facts } from '../check.ts';
import { fail, pass, skip, unseen } from '../outcome.ts';
import { keysShown, namedUser, type Shown, tokenShown } from '../server-user.ts';
import type { World } from '../world.ts';
import { awsIdentity, callerOf, stsRole } from './aws.ts';
import { loginStage, mongoHello, stageOutcome, timingOf, wantsDatabase } from './mongo.ts';
import { jwtClaims, TOKEN_SOURCES } from './token.ts';

/** The checks for a login with one mechanism. */
export interface LoginChecks {
  readonly login: Check<null>;
  readonly user: Check<ServerIdentity>;
  readonly privileges: Check<null>;
  readonly write: Check<null>;
}

function isAskedFor(mechanism: Mechanism, asked: Asked): boolean {
  return wantsDatabase(asked) && asked.plan.mechanisms.includes(mechanism);
}

function loginChecks(
  mechanism: Mechanism,
  part: 'oidc' | 'aws',
  presents: readonly Check[],
  shown: (facts: Facts) => Shown | null,
): LoginChecks {
  const asked = (world: Asked) => isAskedFor(mechanism, world);
  const login = check<null>({
    id: `mongo.${part}.login`,
    title: `the cluster accepts the ${mechanism} login`,
    link: 'cluster',
    needs: [mongoHello, ...presents],
    asked,
    async run(world, facts) {
      if (mechanism === 'MONGODB-OIDC' && facts.of(jwtClaims) === null) {
        return skip('no token to log in with');
      }
      if (mechanism === 'MONGODB-AWS' && callerOf(facts) === null) {
        return skip('the AWS credentials for the login are unknown');
      }
      // The `credential` stage only passes the token or the AWS credentials to the driver. Earlier checks
      // validated the token or the credentials.
      const credential = await loginStage('credential', mechanism, world, facts);
      const end = await loginStage('authenticate', mechanism, world, facts);
      if (credential?.failure != null) return fail(credential.failure);
      if (end === null) return skip('the mechanism is not requested');
      const timing = end.event === null ? {} : { timing: timingOf(end.event) };
      if (end.failure !== null) {
        const startedAt = end.event?.startedAt ?? world.context.now();
        // This module is loaded only after a rejected login, because a successful login does not need it.
        const { explainRefusal } = await import('../refusal.ts');
        const { failure, ...seen } = await explainRefusal(mechanism, end.failure, world, facts, startedAt);
        return fail(failure, { ...seen, ...timing });
      }
      const outcome = stageOutcome(end);
      return outcome.status === 'pass' ? pass(null, null, timing) : outcome;
    },
  });
  const user = check<ServerIdentity>({
    id: `mongo.${part}.user`,
    title: 'the server reports the expected user',
    link: 'database-user',
    needs: [login],
    asked,
    async run(world, facts) {
      const end = await loginStage('whoami', mechanism, world, facts);
      const ping = await loginStage('ping', mechanism, world, facts);
      if (end === null) return skip('no login succeeded');
      const outcome = stageOutcome(end);
      if (outcome.status !== 'pass') return outcome;
      if (ping?.failure != null) return fail(ping.failure);
      const { facts: seen } = outcome.fact.event;
      if (seen?.stage !== 'whoami') return skip('the server reported no user');
      const { timing } = outcome;
      return namedUser(seen, shown(facts), outcome.detail, timing === undefined ? {} : { timing });
    },
  });
  const privileges = check<null>({
    id: `mongo.${part}.privileges`,
    title: 'the database user has the requested privileges',
    link: 'database-user',
    needs: [user],
    asked,
    async run({ target }, facts) {
      const identity = facts.of(user);
      if (identity === null) return skip('no login succeeded');
      return privilegesOutcome(identity, target.privileges);
    },
  });
  const write = check<null>({
    id: `mongo.${part}.write`,
    title: 'a document can be written, read and deleted',
    link: 'database-user',
    needs: [privileges],
    asked: (world) => asked(world) && world.target.writeProbe !== null,
    async run(world, facts) {
      const end = await loginStage('write-probe', mechanism, world, facts);
      if (end === null) return skip('no login succeeded');
      const outcome = stageOutcome(end);
      return outcome.status === 'pass' ? { ...outcome, fact: null } : outcome;
    },
  });
  return { login, user, privileges, write };
}

function privilegesOutcome(
  { user, roles, privileges }: ServerIdentity,
  asked: World['target']['privileges'],
) {
  const who = `the database user ${user}`;
  if (roles.length === 0) {
    return fail(
      new FedctlError('mongo.unauthorized', {
        message: `T${who.slice(1)} can log in, but has no roles and therefore no privileges.`,
        details: { user },
      }),
    );
  }
  if (asked.length === 0)
    return pass('no privileges are requested; add --privilege <action>@<database>', null);
  if (privileges === null) {
    return unseen(
      new FedctlError('mongo.privileges-unseen', {
        message: `The server does not report the privileges of ${who}, so ${asked.map(privilegeText).join(', ')} cannot be checked.`,
        details: { user },
      }),
      'fail',
    );
  }
  const lacking = asked.filter((each) => !isAllowed(privileges, each)).map(privilegeText);
  if (lacking.length === 0) return pass(asked.map(privilegeText).join(', '), null);
  const named = roles.map(({ role, db }) => `${role}@${db}`).join(', ');
  return fail(
    new FedctlError('mongo.unauthorized', {
      message: `T${who.slice(1)} lacks the privileges ${lacking.join(', ')}; its roles are ${named}.`,
      remedy:
        'In Atlas, grant the database user a role with these privileges, such as readWrite on the database.',
      details: { user, lacking },
    }),
  );
}

function privilegeText({ action, database, collection }: World['target']['privileges'][number]): string {
  return `${action}@${database}${collection === '' ? '' : `.${collection}`}`;
}

export const OIDC_CHECKS = loginChecks('MONGODB-OIDC', 'oidc', [jwtClaims, ...TOKEN_SOURCES], tokenShown);
export const AWS_CHECKS = loginChecks('MONGODB-AWS', 'aws', [awsIdentity, stsRole], keysShown);
