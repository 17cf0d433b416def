import { Binary, BSON, type Document } from 'bson';
import { mintToken } from '../../src/sandbox/aws/claims.ts';
import type { LabSession, LabUser } from '../../src/sandbox/aws/identities.ts';
import { callerOf } from '../../src/sandbox/aws/identities.ts';
import { amzDate } from '../../src/sandbox/aws/sigv4.ts';
import { startLab } from '../../src/sandbox/lab.ts';
import type { LabLogEntry } from '../../src/sandbox/log.ts';
import { LAB_AUDIENCE, type Lab } from '../../src/sandbox/running-lab.ts';
import { LAB_OPTIONS } from './lab-options.ts';
import { payload, saslStart } from './mongod-fixture.ts';
import { signRequest } from './sign-request.ts';
import type { WireClient } from './wire-client.ts';

export const IDENTITY_BODY = 'Action=GetCallerIdentity&Version=2011-06-15';

/** The complete lab in this process, enabled, with a record of accepted logins and calls. */
export interface LoadedLab {
  readonly lab: Lab;
  readonly operator: LabUser;
  readonly mongoPort: number;
  readonly stsUrl: string;
  /** Everything accepted since the last call: logins, or calls of STS and IAM. */
  granted(...hops: readonly LabLogEntry['hop'][]): readonly LabLogEntry[];
  /** The internal errors that the lab logged since the last call. */
  bugs(): readonly LabLogEntry[];
  token(audience?: string): Promise<string>;
  /** Runs a complete MONGODB-OIDC login on the wire. Returns false when rejected. */
  loginByToken(client: WireClient, token: string): Promise<boolean>;
  /** Runs a complete MONGODB-AWS login on the wire. Returns false when rejected. */
  loginByKeys(client: WireClient, secret?: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function startLoadedLab(): Promise<LoadedLab> {
  const lab = await startLab(LAB_OPTIONS);
  const operator = lab.world.user('operator');
  lab.world.setFederation(operator.account.id, true);
  let granted: readonly LabLogEntry[] = [];
  const bugs: LabLogEntry[] = [];
  lab.log.follow((entry) => {
    if (entry.decision === 'allowed') granted = [...granted.slice(-99), entry];
    if (entry.reason.includes('a bug in the lab')) bugs.push(entry);
  });
  return {
    lab,
    operator,
    mongoPort: Number(new URL(lab.env['FEDCTL_URI'] ?? '').port),
    stsUrl: lab.env['AWS_ENDPOINT_URL_STS'] ?? '',
    granted: (...hops) => {
      const found = granted.filter((entry) => hops.includes(entry.hop));
      granted = [];
      return found;
    },
    bugs: () => bugs.splice(0),
    token: (audience = LAB_AUDIENCE) =>
      mintToken({
        caller: callerOf(operator),
        request: { audience: [audience], signingAlgorithm: 'RS256', durationSeconds: 3600, tags: [] },
        region: 'eu-central-1',
        now: new Date(),
      }),
    loginByToken: async (client, token) => (await client.command(saslStart(token), '$external'))['ok'] === 1,
    loginByKeys: async (client, secret) => {
      const first = await client.command(awsStart(Buffer.alloc(32, 1)), '$external');
      const nonce = serverNonce(first);
      const second = await client.command(awsContinue(operator, nonce, secret), '$external');
      return second['ok'] === 1 && second['done'] === true;
    },
    close: () => lab.close(),
  };
}

/** The first message of MONGODB-AWS. */
export function awsStart(nonce: Buffer) {
  return { saslStart: 1, mechanism: 'MONGODB-AWS', payload: payload({ r: new Binary(nonce), p: 110 }) };
}

/** The second message: a signed GetCallerIdentity request, with another secret key if given. */
export function awsContinue(
  keys: LabUser | LabSession,
  nonce: Buffer,
  secret = keys.secretAccessKey.reveal(),
) {
  const date = amzDate(new Date());
  const { headers } = signRequest({
    accessKeyId: keys.accessKeyId,
    secret,
    date,
    host: 'sts.amazonaws.com',
    body: IDENTITY_BODY,
    signed: {
      'content-length': String(IDENTITY_BODY.length),
      'x-mongodb-gs2-cb-flag': 'n',
      'x-mongodb-server-nonce': nonce.toString('base64'),
    },
  });
  return { saslContinue: 1, conversationId: 1, payload: payload({ a: headers['authorization'], d: date }) };
}

export function serverNonce(reply: Document): Buffer {
  const { payload: sent } = reply;
  if (!(sent instanceof Binary)) throw new Error(`no nonce: ${JSON.stringify(reply)}`);
  const { s } = BSON.deserialize(sent.value());
  return Buffer.from(s.value());
}
