import { describe, expect, test } from 'vitest';
import { isolationFailure } from '../../../src/sandbox/isolation/unavailable.ts';

async function told(stderr: string) {
  const { code, message, details } = await isolationFailure('unshare', { code: 1, stderr, cause: null });
  return { code, message, details };
}

describe('what the programs say', () => {
  test.each([
    ['dash', 'sh: 2: ip: not found\n', 'ip'],
    ['bash', 'sh: line 2: ip: command not found\n', 'ip'],
    ['util-linux', 'unshare: failed to execute sh: No such file or directory\n', 'sh'],
  ])('names a program that is missing: %s', async (_who, stderr, program) => {
    expect(await told(stderr)).toEqual({
      code: 'lab.isolation-program-missing',
      message: `--isolate requires the program "${program}", which was not found.`,
      details: { program },
    });
  });

  test.each([
    ["unshare: unrecognized option '--map-user=1000'\nTry 'unshare --help' for more information.\n"],
    ["unshare: unrecognized option '--map-user=1000'\nBusyBox v1.36.1 multi-call binary.\n\nUsage: …\n"],
  ])('tells of a program that is too old, or another: %j', async (stderr) => {
    expect(await told(stderr)).toEqual({
      code: 'lab.isolation-program-missing',
      message: "--isolate requires util-linux 2.36 or later: unshare: unrecognized option '--map-user=1000'.",
      details: { program: 'unshare' },
    });
  });

  test.each([
    [
      'unshare: unshare failed: Operation not permitted\n',
      'unshare: unshare failed: Operation not permitted',
    ],
    ['RTNETLINK answers: Operation not permitted\n', 'RTNETLINK answers: Operation not permitted'],
    [
      'mount: /sys: permission denied.\n       dmesg(1) may have more information after failed mount system call.\n',
      'mount: /sys: permission denied',
    ],
    [
      "node:internal/modules/cjs/loader:1143\n  throw err;\n  ^\n\nError: Cannot find module '/x/isolated.js'\n    at …\n  code: 'MODULE_NOT_FOUND',\n",
      "Error: Cannot find module '/x/isolated.js'",
    ],
    ['', 'exit code 1'],
  ])('is the reason why the system refuses: %j', async (stderr, reason) => {
    expect(await told(stderr)).toMatchObject({
      code: 'lab.isolation-refused',
      message: `The system does not allow the namespaces that --isolate requires: ${reason}.`,
      details: { reason },
    });
  });
});
