// A program that starts the lab in its own process, as in the documentation of startSandbox. It prints the results and
// the open resources that remain after the lab is closed.
import { mongoOidcCallback } from 'fedctl';
import { startSandbox } from 'fedctl/sandbox';
import { MongoClient } from 'mongodb';

// Accessing the streams of the process makes them count as open resources.
for (const name of ['stdin', 'stdout', 'stderr']) process[name].on('error', () => {});
const before = process.getActiveResourcesInfo();
const sandbox = await startSandbox({ federation: true });
Object.assign(process.env, sandbox.env);
const client = new MongoClient(sandbox.uri, {
  authMechanism: 'MONGODB-OIDC',
  authMechanismProperties: { OIDC_CALLBACK: mongoOidcCallback({ audience: sandbox.audience }) },
});
const { authInfo } = await client.db('admin').command({ connectionStatus: 1 });
await client.close();
const since = performance.now();
await sandbox.close();
const closedMs = performance.now() - since;

const startedMs = [];
for (let count = 0; count < 5; count += 1) {
  const started = performance.now();
  const again = await startSandbox();
  startedMs.push(performance.now() - started);
  await again.close();
}
process.on('exit', () => {
  process.stdout.write(
    JSON.stringify({
      user: authInfo.authenticatedUsers[0].user.replace(/^[0-9a-f]{24}/, '<idpId>'),
      minted: sandbox
        .log()
        .some(({ action, decision }) => action === 'GetWebIdentityToken' && decision === 'allowed'),
      closedMs,
      startedMs,
      left: process.getActiveResourcesInfo().filter((name) => !before.includes(name)),
    }),
  );
});
