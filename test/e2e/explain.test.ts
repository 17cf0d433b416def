import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { BIN } from '../support/run-bin.ts';

/** Runs a line of bash in which `$FEDCTL` is the real binary. */
function shell(line: string) {
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-o', 'pipefail', '-c', line], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, FEDCTL: `${process.execPath} ${BIN}` },
  });
  return { status, stdout, stderr };
}

test('app 2>&1 | fedctl explain - ends when the app does, and holds none of it up', () => {
  const app = `{ echo starting; seq 1 400000; echo 'MongoServerError: bad auth : Authentication failed.' >&2; }`;
  expect(shell(`${app} 2>&1 | $FEDCTL explain -`)).toEqual({
    status: 0,
    stdout: `mongo.atlas-auth-error: Atlas rejected the login (8000)
  line 400002, Atlas, any driver prints: bad auth : Authentication failed.

More: fedctl explain mongo.atlas-auth-error
`,
    stderr: '',
  });
});

test('an error of fedctl itself can be piped there, and a list into a pager', () => {
  expect(shell('$FEDCTL token --audiance x 2>&1 | $FEDCTL explain').stdout).toMatch(
    /^usage\.unknown-option: unknown option\n {2}line 5, contains the code itself\n/,
  );
  const paged = shell('$FEDCTL explain </dev/null | head -1');
  expect(paged.stdout).toBe('usage\n');
});
