import { expect, test } from 'vitest';
import { OIDC_CHECKS } from '../../../src/lib/check/catalogue/login.ts';
import type { Check, Facts } from '../../../src/lib/check/check.ts';
import type { ServerIdentity } from '../../../src/lib/ports/mongo.ts';
import { target } from '../../support/check-target.ts';
import { checkWorld } from '../../support/check-world.ts';

const WANTED = target({ privileges: [{ action: 'insert', database: 'app', collection: '' }] });

/** The facts of a login that ended so. */
function loggedIn(identity: ServerIdentity): Facts {
  return {
    // Only the user is asked for, whose fact this is.
    of: <Fact>(one: Check<Fact>) => (one.id === OIDC_CHECKS.user.id ? identity : null) as Fact | null,
    needed: () => {
      throw new Error('nothing else is needed');
    },
    when: async () => null,
    resultOf: () => null,
    failureOf: () => null,
  };
}

test('a privilege that the server does not report is not examined, and the check fails', async () => {
  const identity = { user: 'me', roles: [{ role: 'readWrite', db: 'app' }], privileges: null };
  const outcome = await OIDC_CHECKS.privileges.run(checkWorld({ target: WANTED }), loggedIn(identity));
  expect(outcome).toMatchObject({
    status: 'unseen',
    unpicked: 'fail',
    failure: {
      code: 'mongo.privileges-unseen',
      message:
        'The server does not report the privileges of the database user me, so insert@app cannot be checked.',
    },
  });
});
