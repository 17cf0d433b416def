import { describe, expect, test } from 'vitest';
import { processEnvironment } from '../../../src/lib/aws/process-loop.ts';

const ASKED = 'FEDCTL_CREDENTIAL_PROFILES';

describe('the environment of a credential_process', () => {
  test('names the profiles that led to it, whatever their names hold', () => {
    const first = processEnvironment({ PATH: '/bin' }, 'a,"b');
    expect(first).toEqual({ PATH: '/bin', [ASKED]: '["a,\\"b"]' });
    expect(processEnvironment(first, 'base')).toEqual({ PATH: '/bin', [ASKED]: '["a,\\"b","base"]' });
  });

  test('a profile that is being asked already is not asked again', () => {
    const below = processEnvironment(processEnvironment({}, 'a'), 'b');
    expect(() => processEnvironment(below, 'a')).toThrow(
      expect.objectContaining({
        code: 'aws.credential-process-loop',
        exitCode: 2,
        message:
          'The credential_process of the profile "a" is fedctl, which reads its credentials from the same profile.',
        details: { profile: 'a', asked: ['a', 'b'] },
      }),
    );
  });

  test.each(['', 'no JSON', '"a"', '{}'])('a variable that is not ours (%j) bars nothing', (text) => {
    expect(processEnvironment({ [ASKED]: text }, 'a')).toEqual({ [ASKED]: '["a"]' });
  });
});
