import { MongoCompatibilityError, MongoServerError } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { helloFailure } from '../../../src/lib/mongo/server-failures.ts';

describe('a server that says why it does not answer hello', () => {
  test.each<[string, number, string, string]>([
    [
      'behind a load balancer',
      354,
      'LoadBalancerSupportMismatch',
      'Add loadBalanced=true to the connection string, or use the connection string that Atlas shows.',
    ],
    ['in quiesce mode', 91, 'ShutdownInProgress', 'The server is shutting down. Try again in a minute.'],
    [
      'that is stopped',
      11600,
      'InterruptedAtShutdown',
      'The server is shutting down. Try again in a minute.',
    ],
    ['with another reason', 8, 'UnknownError', 'See the server log for the reason.'],
  ])('%s', (_what, code, codeName, remedy) => {
    const error = new MongoServerError({ ok: 0, code, codeName, errmsg: 'No.' });
    expect(helloFailure('db.example.com:27017', error)).toMatchObject({ code: 'mongo.hello-failed', remedy });
  });

  test('a driver that asks for a load balancer where there is none is no old server', () => {
    const error = new MongoCompatibilityError(
      'Driver attempted to initialize in load balancing mode, but the server does not support this mode.',
    );
    expect(helloFailure('db.example.com:27017', error)).toMatchObject({
      code: 'mongo.topology-mismatch',
      remedy: 'Remove loadBalanced=true.',
    });
  });
});
