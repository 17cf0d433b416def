import { describe, expect, test } from 'vitest';
import { chooseMechanisms } from '../../../src/lib/uri/mechanism.ts';

describe('the mechanism', () => {
  test.each([
    [null, null, ['MONGODB-OIDC']],
    [null, 'MONGODB-AWS', ['MONGODB-AWS']],
    [null, 'MONGODB-OIDC', ['MONGODB-OIDC']],
    ['aws', null, ['MONGODB-AWS']],
    ['aws', 'MONGODB-AWS', ['MONGODB-AWS']],
    ['oidc', 'MONGODB-OIDC', ['MONGODB-OIDC']],
    ['both', null, ['MONGODB-OIDC', 'MONGODB-AWS']],
    ['both', 'MONGODB-AWS', ['MONGODB-OIDC', 'MONGODB-AWS']],
  ] as const)('flag %s, connection string %s: %j', (flag, named, mechanisms) => {
    expect(chooseMechanisms(flag, named)).toEqual({ mechanisms, warnings: [] });
  });

  test('one that fedctl does not speak is replaced, with a warning', () => {
    expect(chooseMechanisms(null, 'SCRAM-SHA-256')).toEqual({
      mechanisms: ['MONGODB-OIDC'],
      warnings: [
        {
          code: 'mongo.uri.mechanism-ignored',
          message: 'authMechanism=SCRAM-SHA-256 is ignored: fedctl supports MONGODB-OIDC and MONGODB-AWS.',
          remedy: 'Remove authMechanism from the connection string.',
        },
      ],
    });
  });

  test.each([
    ['oidc', 'MONGODB-AWS'],
    ['aws', 'MONGODB-OIDC'],
    ['oidc', 'SCRAM-SHA-256'],
    ['both', 'MONGODB-X509'],
  ] as const)('flag %s against %s is a conflict', (flag, named) => {
    expect(() => chooseMechanisms(flag, named)).toThrow(
      expect.objectContaining({
        code: 'mongo.mechanism-conflict',
        exitCode: 2,
        message: `--mechanism is ${flag}, but the connection string has authMechanism=${named}.`,
        remedy: 'Remove authMechanism from the connection string.',
      }),
    );
  });
});
