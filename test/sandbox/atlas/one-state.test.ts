import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AtlasFixture, startAtlasFixture } from '../../support/atlas-fixture.ts';
import {
  AUDIENCE,
  type MongodFixture,
  SUBJECT,
  saslStart,
  startMongodFixture,
} from '../../support/mongod-fixture.ts';
import { WireClient } from '../../support/wire-client.ts';

let atlas: AtlasFixture;
let server: MongodFixture;
let client: WireClient;
let username: string;

/** A server that obeys the Atlas whose API is asked beside it. */
beforeEach(async () => {
  atlas = await startAtlasFixture();
  atlas.now = new Date();
  const state = atlas.atlas;
  server = await startMongodFixture({
    identityProviders: () => state.trustedIdentityProviders(),
    databaseUsers: () => state.clusterUsers(),
    onLogin: (attempt) => state.recordLogin(attempt),
  });
  state.updateIdentityProvider(atlas.idpId, { issuer: server.issuer.issuer, audience: AUDIENCE });
  username = `${atlas.idpId}/${SUBJECT}`;
  state.addDatabaseUser({
    username,
    oidcAuthType: 'USER',
    roles: [{ role: 'readAnyDatabase', db: 'admin' }],
  });
  client = await WireClient.connect(server.mongod.port);
});
afterEach(async () => {
  client.close();
  await Promise.all([server.close(), atlas.api.close()]);
});

/** Whether the server lets in, and what the API then says of the last login. */
async function login() {
  const reply = await client.command(saslStart(await server.token()), '$external');
  const { project } = atlas.atlas;
  const { body } = await atlas.get(`/groups/${project.id}/dbAccessHistory/clusters/lab`);
  const [last] = body['accessLogs'] as readonly Record<string, unknown>[];
  return {
    accepted: reply['ok'] === 1,
    code: reply['code'],
    authResult: last?.['authResult'],
    failureReason: last?.['failureReason'],
    username: last?.['username'],
  };
}

const ACCEPTED = () => ({
  accepted: true,
  code: undefined,
  authResult: true,
  failureReason: null,
  username,
});
const REFUSED = (failureReason: string) => ({
  accepted: false,
  code: 18,
  authResult: false,
  failureReason,
  username: SUBJECT,
});
const UNSUPPORTED = 'BadValue: Invalid JWT: unsupported issuer or audience';

test('a database user that is removed is gone from the API and refused at the login', async () => {
  const { project } = atlas.atlas;
  const path = `/groups/${project.id}/databaseUsers/$external/${encodeURIComponent(username)}`;
  expect((await atlas.get(path)).status).toBe(200);
  expect(await login()).toEqual(ACCEPTED());
  atlas.atlas.removeDatabaseUser(username);
  expect((await atlas.get(path)).status).toBe(404);
  expect(await login()).toEqual(
    REFUSED(`UserNotFound: Could not find user "${username}" for db "$external"`),
  );
});

test('an identity provider lets in only while the organization is connected to it', async () => {
  atlas.atlas.disconnectIdentityProvider(atlas.idpId);
  expect(await login()).toEqual(REFUSED(UNSUPPORTED));
  atlas.atlas.connectIdentityProvider(atlas.idpId);
  expect(await login()).toEqual(ACCEPTED());
});

test('a user of another cluster, or whose time is over, is refused', async () => {
  const missing = `UserNotFound: Could not find user "${username}" for db "$external"`;
  atlas.atlas.updateDatabaseUser(username, { scopes: [{ name: 'other', type: 'CLUSTER' }] });
  expect(await login()).toEqual(REFUSED(missing));
  atlas.atlas.updateDatabaseUser(username, { scopes: [{ name: 'lab', type: 'CLUSTER' }] });
  expect(await login()).toEqual(ACCEPTED());
  atlas.atlas.updateDatabaseUser(username, { deleteAfterDate: atlas.now });
  expect(await login()).toEqual(REFUSED(missing));
});

test('the roles that the API shows are those of the session', async () => {
  await login();
  const status = await client.command({ connectionStatus: 1 }, 'admin');
  expect(status).toMatchObject({
    authInfo: { authenticatedUserRoles: [{ role: 'readAnyDatabase', db: 'admin' }] },
  });
  const path = `/groups/${atlas.atlas.project.id}/databaseUsers/$external/${encodeURIComponent(username)}`;
  expect((await atlas.get(path)).body['roles']).toEqual([
    { databaseName: 'admin', roleName: 'readAnyDatabase' },
  ]);
});
