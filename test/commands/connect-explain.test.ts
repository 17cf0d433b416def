import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningLab, runLab } from '../support/running-lab.ts';
import { schemaFaults } from '../support/schema.ts';

const ROLE = 'arn:aws:iam::123456789012:role/app';
const SESSION = 'arn:aws:sts::123456789012:assumed-role/app/me';

const SIGNED_HEADERS = [
  'content-length',
  'content-type',
  'host',
  'x-amz-date',
  'x-amz-security-token',
  'x-mongodb-gs2-cb-flag',
  'x-mongodb-server-nonce',
];

let lab: RunningLab;

beforeAll(async () => {
  lab = await runLab();
});

afterAll(() => lab.stop());

const explain = (...args: readonly string[]) =>
  lab.run(['connect', '--explain', '--mechanism', 'aws', ...args]);
const AS_ROLE = ['--role-arn', ROLE, '--session-name', 'me'] as const;

/** The steps that hold a different value in every run. */
const known = (text: string) =>
  text.replace(/\bASIA[A-Z2-7]{16}\b/g, '<key>').replace(/\b\d{8}T\d{6}Z\b/g, '<date>');

test('connect --explain shows the five steps of the handshake', async () => {
  const { code, stdout, stderr } = await explain(...AS_ROLE);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const steps = stdout.split('\n').filter((line) => /^ {2}\d\. /.test(line));
  expect(known(steps.join('\n'))).toBe(
    `
  1. nonce           The driver sent 32 random bytes. The server appended its own random bytes, returned all 64 bytes, and specified the STS host sts.amazonaws.com.
  2. signed request  The driver signed a GetCallerIdentity request for this host and Region us-east-1 with key <key> at <date>. The signature covers ${SIGNED_HEADERS.join(', ')}. The driver sent the signature and the session token, not the secret key.
  3. replay          The server accepted the login. The client cannot observe the request from the server to STS.
  4. arn             The credentials belong to ${SESSION}. The server looks up the database user ${ROLE}.
  5. database user   The server matched the database user ${ROLE} in $external, with readWriteAnyDatabase@admin.`.slice(
      1,
    ),
  );
});

test('the JSON document holds the same steps as data', async () => {
  const { code, stdout } = await explain(...AS_ROLE, '--json');
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(schemaFaults('connect', document)).toEqual([]);
  expect(document.mechanisms[0].handshake).toEqual([
    { step: 'nonce', clientBytes: 32, serverBytes: 64, stsHost: 'sts.amazonaws.com' },
    {
      step: 'signed-request',
      accessKeyId: expect.stringMatching(/^ASIA/),
      region: 'us-east-1',
      date: expect.stringMatching(/^\d{8}T\d{6}Z$/),
      signedHeaders: SIGNED_HEADERS,
      sessionToken: true,
    },
    { step: 'replay', accepted: true },
    { step: 'arn', arn: SESSION, username: ROLE },
    { step: 'database-user', user: ROLE, roles: [{ role: 'readWriteAnyDatabase', db: 'admin' }] },
  ]);
});

test('without --explain the document has no handshake', async () => {
  const { stdout } = await lab.run(['connect', '--mechanism', 'aws', '--json']);
  expect(JSON.parse(stdout).mechanisms[0]).not.toHaveProperty('handshake');
});

test('the log of the lab shows the same five steps', async () => {
  await explain(...AS_ROLE);
  const { stdout } = await lab.run(['sandbox', 'log', '--json']);
  const { entries } = JSON.parse(stdout);
  const lines = entries.map(
    ({ hop, action, decision, reason }: Record<string, string>) =>
      `${hop} ${action} ${decision}: ${known(reason ?? '')}`,
  );
  expect(lines.slice(-5)).toEqual([
    'mongod saslStart MONGODB-AWS info: received a client nonce of 32 bytes and returned a nonce of 64 bytes; the client must add the returned nonce to a GetCallerIdentity request for sts.amazonaws.com and sign this request',
    'mongod saslContinue MONGODB-AWS info: received a GetCallerIdentity request for Region us-east-1, signed with the access key <key>; forwarding the unchanged request to STS',
    'sts GetCallerIdentity allowed: a MongoDB server forwarded a request that the client signed; the signature is valid',
    `mongod saslContinue MONGODB-AWS info: STS returned ${SESSION}`,
    `mongod saslContinue MONGODB-AWS allowed: the ARN matches the database user ${ROLE}; roles readWriteAnyDatabase@admin`,
  ]);
});

test('a rejected login ends with the step at which it was rejected', async () => {
  const human = await explain('--profile', 'no-mint');
  const { code, stdout, stderr } = await explain('--profile', 'no-mint', '--json');
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  const { error } = JSON.parse(stderr);
  expect(error.code).toBe('mongo.aws-refused');
  expect(error.details.handshake.map(({ step }: { step: string }) => step)).toEqual([
    'nonce',
    'signed-request',
    'replay',
    'arn',
  ]);
  expect(error.details.handshake[2]).toEqual({ step: 'replay', accepted: false });
  expect(human.stdout).toContain(
    '  3. replay          The server rejected the login. The client cannot observe the request from the server to STS.\n',
  );
});

test('--explain needs MONGODB-AWS, and offers the command', async () => {
  const { code, stderr } = await lab.run(['connect', '--explain', '--json']);
  const { error } = JSON.parse(stderr);
  expect({
    code,
    failure: error.code,
    message: error.message,
    remedy: error.remedy,
    command: error.command,
  }).toEqual({
    code: 2,
    failure: 'usage.invalid-command-line',
    message: '--explain shows the handshake of MONGODB-AWS, but this login uses MONGODB-OIDC.',
    remedy: 'Log in with AWS credentials, or remove --explain.',
    command: 'fedctl connect --explain --json --mechanism aws',
  });
});
