import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../../src/sandbox/running-lab.ts';
import { diagnose, secretsOf, startHealthyLab, TOKEN } from '../../support/hostile-check.ts';
import { BROKEN, connectionStatus, DONE, payloadText } from '../../support/hostile-mongod.ts';
import { startScriptedMongod } from '../../support/scripted-mongod.ts';

/** A MongoDB server that is broken or lies. */

/** Everything before the cluster goes on, whatever it does. */
const UP_TO_TOKEN = ['aws.identity', 'sts.mint', 'jwt.signature', 'atlas.oidc.database-user'];
const UP_TO_KEYS = ['aws.identity', 'atlas.aws.database-user', 'atlas.access-list'];

let lab: Lab;

beforeAll(async () => {
  lab = await startHealthyLab();
  await diagnose(lab.env);
});
afterAll(() => lab.close());

async function provoke(uri: string, args: readonly string[], slow: boolean) {
  const env = { ...lab.env, FEDCTL_URI: uri };
  const diagnosis = await diagnose(env, '--timeout', slow ? '3s' : '20s', ...args);
  expect(diagnosis.with('pass')).toEqual(
    expect.arrayContaining(args.includes('aws') ? UP_TO_KEYS : UP_TO_TOKEN),
  );
  expect(diagnosis.seconds).toBeLessThan(12);
  return diagnosis;
}

describe('a MongoDB that is broken', () => {
  test.concurrent.each(BROKEN)('%s (%s)', async (_what, by, script, id, code, says) => {
    const server = await startScriptedMongod(script);
    try {
      const slow = Object.values(script).includes('silence');
      const host = `127.0.0.1:${server.port}`;
      const diagnosis = await provoke(`mongodb://${host}/`, ['--mechanism', by], slow);
      const { exit, first } = diagnosis;
      expect({ exit, id: first?.id, code: first?.code }).toEqual({ exit: 5, id, code });
      const sentence = first?.detail?.replace(host, 'HOST');
      if (typeof says === 'string') expect(sentence).toBe(says);
      else expect(sentence).toMatch(says);
      expect(first?.remedy).toMatch(/\S/);
      const sent = JSON.stringify(server.received);
      for (const secret of secretsOf(lab.env)) expect(sent).not.toContain(secret);
    } finally {
      await server.close();
    }
  });
});

describe('a MongoDB that lies', () => {
  test.concurrent.each([
    ['oidc', 'idp/arn:aws:iam::999999999999:role/other'],
    ['aws', 'arn:aws:iam::999999999999:role/other'],
  ])('about who we are (%s)', async (by, user) => {
    const server = await startScriptedMongod({ connectionStatus: connectionStatus(user) });
    try {
      const diagnosis = await provoke(`mongodb://127.0.0.1:${server.port}/`, ['--mechanism', by], false);
      expect([diagnosis.exit, diagnosis.with('fail')]).toEqual([0, []]);
      expect(diagnosis.check(`mongo.${by}.user`)).toMatchObject({
        status: 'warn',
        detail: `The server reports the user ${user}, but the login was for arn:aws:iam::123456789012:user/operator.`,
        comparisons: [{ seen: user, matches: false }],
      });
    } finally {
      await server.close();
    }
  });

  test.concurrent('by the token, where a name should be', async () => {
    let token = '';
    const server = await startScriptedMongod({
      saslStart: (command) => {
        token = /eyJ[\w.-]+/.exec(payloadText(command))?.[0] ?? '';
        return DONE;
      },
      connectionStatus: () => connectionStatus(token),
    });
    try {
      // Nothing of it may be printed; `diagnose` looks.
      const { check } = await provoke(`mongodb://127.0.0.1:${server.port}/`, [], false);
      expect(token).toMatch(TOKEN);
      expect(check('mongo.oidc.user')?.detail).toContain('The server reports the user [secret]');
    } finally {
      await server.close();
    }
  });
});
