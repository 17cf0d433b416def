import { describe, expect, test } from 'vitest';
import { runInProcess } from '../support/in-process.ts';
import { schemaFaults } from '../support/schema.ts';

const OIDC = 'authMechanism=MONGODB-OIDC&authSource=%24external&authMechanismProperties=ENVIRONMENT:k8s';
const SRV = 'mongodb+srv://c.example.mongodb.net/';

describe('fedctl uri', () => {
  test.each([
    ['by MONGODB-OIDC', ['--uri', SRV], {}, `${SRV}?${OIDC}`],
    ['of the environment', [], { FEDCTL_URI: SRV }, `${SRV}?${OIDC}`],
    [
      'for older drivers',
      ['--uri', SRV, '--environment', 'test'],
      {},
      `${SRV}?${OIDC.replace('k8s', 'test')}`,
    ],
    [
      'by MONGODB-AWS',
      ['--uri', SRV, '--mechanism', 'aws'],
      {},
      `${SRV}?authMechanism=MONGODB-AWS&authSource=%24external`,
    ],
    [
      'by the mechanism that it names',
      ['--uri', `${SRV}app?authMechanism=MONGODB-AWS&w=1`],
      {},
      `${SRV}app?w=1&authMechanism=MONGODB-AWS&authSource=%24external`,
    ],
    [
      'with the password of a proxy, which is part of the answer',
      ['--uri', 'mongodb://127.0.0.1/?proxyHost=127.0.0.1&proxyUsername=ada&proxyPassword=hunter%2F22'],
      {},
      `mongodb://127.0.0.1/?proxyHost=127.0.0.1&proxyUsername=ada&proxyPassword=hunter%2F22&${OIDC}`,
    ],
  ])('prints the connection string %s', async (_what, args, env, uri) => {
    expect(await runInProcess(['uri', ...args], env)).toEqual({ code: 0, stdout: `${uri}\n`, stderr: '' });
    const { code, stdout, stderr } = await runInProcess(['uri', ...args, '--json'], env);
    const document = JSON.parse(stdout);
    expect([code, stderr, document.uri, schemaFaults('uri', document)]).toEqual([0, '', uri, []]);
  });

  test('says what it leaves out', async () => {
    const { code, stdout, stderr } = await runInProcess(
      ['uri', '--uri', 'mongodb://ada@127.0.0.1/?authSource=admin'],
      {},
    );
    expect([code, stdout]).toEqual([0, `mongodb://127.0.0.1/?${OIDC}\n`]);
    expect(stderr.match(/^warning: /gm)).toHaveLength(2);
  });

  test.each([
    ['nothing', [], 'usage.missing-uri'],
    ['a password', ['--uri', 'mongodb://ada:hunter22@127.0.0.1/'], 'mongo.password-in-uri'],
    ['a host without TLS', ['--uri', 'mongodb://db.example.com/'], 'mongo.plaintext-refused'],
    [
      'another mechanism',
      ['--uri', `${SRV}?authMechanism=MONGODB-AWS`, '--mechanism', 'oidc'],
      'mongo.mechanism-conflict',
    ],
  ])('with %s ends with 2', async (_what, args, code) => {
    const result = await runInProcess(['uri', ...args, '--json'], {});
    expect([result.code, result.stdout, JSON.parse(result.stderr).error.code]).toEqual([2, '', code]);
    expect(result.stderr).not.toContain('hunter22');
  });
});
