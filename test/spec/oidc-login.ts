import type { MongoClient, MongoClientOptions } from 'mongodb';
import type { MongodFixture } from '../support/mongod-fixture.ts';

/** A client of the real driver whose callback is counted, and whose command events are kept. */
export interface CountedClient {
  readonly client: MongoClient;
  /** How often the driver asked for a token. */
  readonly calls: () => number;
  /** `find started`, `find failed` …, without the login's own commands. */
  readonly events: readonly string[];
}

type Callback = NonNullable<MongoClientOptions['authMechanismProperties']>['OIDC_CALLBACK'];

/**
 * As the specification's runner makes its clients: no retries, an appName of their own.
 *
 * @param token what the n-th call of the callback returns, from 1; a good token unless given
 */
export function countedClient(
  lab: MongodFixture,
  token: (call: number) => Promise<string> = () => lab.token(),
  options: MongoClientOptions = {},
): CountedClient {
  let calls = 0;
  const callback: Callback = async () => {
    calls += 1;
    return { accessToken: await token(calls) };
  };
  const events: string[] = [];
  const client = lab.driver({
    appName: 'mongodb-oidc-no-retry',
    retryReads: false,
    retryWrites: false,
    monitorCommands: true,
    authMechanismProperties: { OIDC_CALLBACK: callback, ALLOWED_HOSTS: ['127.0.0.1'] },
    ...options,
  });
  const note = (commandName: string, end: string) => {
    // The runner of the specification does not look at sensitive commands; this driver tells of some of them.
    if (commandName !== 'saslStart') events.push(`${commandName} ${end}`);
  };
  client.on('commandStarted', ({ commandName }) => note(commandName, 'started'));
  client.on('commandSucceeded', ({ commandName }) => note(commandName, 'succeeded'));
  client.on('commandFailed', ({ commandName }) => note(commandName, 'failed'));
  return { client, calls: () => calls, events };
}

/** Sets the fail point for the applications of `countedClient`, by a client of its own. */
export async function failOnce(
  lab: MongodFixture,
  command: string,
  fault: { readonly errorCode: number } | { readonly closeConnection: true },
): Promise<void> {
  const switcher = await lab.loggedIn();
  const reply = await switcher.command({
    configureFailPoint: 'failCommand',
    mode: { times: 1 },
    data: { failCommands: [command], appName: 'mongodb-oidc-no-retry', ...fault },
  });
  if (reply['ok'] !== 1) throw new Error('the fail point was not set');
}

/** How the driver's logins reached the server: `saslStart`, or `hello` where the token went ahead of them. */
export function loginsSeen(lab: MongodFixture): readonly string[] {
  return lab.log
    .entries()
    .filter(({ action }) => action.endsWith(' MONGODB-OIDC'))
    .map(({ action, decision }) => `${action.split(' ')[0]} ${decision}`);
}
