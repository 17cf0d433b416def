import { expect, test } from 'vitest';
import { givenSecrets } from '../../../src/lib/core/presented-secrets.ts';

const given = (env: Readonly<Record<string, string>>, argv: readonly string[] = []) =>
  new Set(givenSecrets(env, argv).map((secret) => secret.reveal()));

test('variables that hold secrets, and passwords in URLs of any variable and argument', () => {
  expect(
    given(
      {
        AWS_SECRET_ACCESS_KEY: 'key',
        AWS_SESSION_TOKEN: 'session',
        AWS_PROFILE: 'prod',
        HTTPS_PROXY: 'http://me:pa%24s@proxy.example:3128',
        FEDCTL_URI: 'mongodb://u:p:w@h/?proxyPassword=one&tlsCertificateKeyFilePassword=two&appName=x',
      },
      [
        '--uri=mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:three,A:b&passphrase=four',
        '--audience',
        'a',
      ],
    ),
  ).toEqual(new Set(['key', 'session', 'pa%24s', 'pa$s', 'p:w', 'one', 'two', 'three', 'four']));
});

test('nothing where there is none', () => {
  expect(given({ HOME: '/root', PROXY: 'http://proxy.example' }, ['https://a.example/x@y'])).toEqual(
    new Set(),
  );
});
