import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { endpointWarning, refuseOldProgram } from '../../../src/lib/exec/known-programs.ts';
import { memoryContext } from '../../support/memory-context.ts';

const env = { PATH: process.env['PATH'] ?? '' };

/** A program of this name that says this to `--version`, and nothing to anything else. */
function program(name: string, says: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'fedctl-test-')), name);
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && printf '%s\\n' '${says}'\n`, { mode: 0o700 });
  return path;
}

async function refusal(command: string): Promise<unknown> {
  try {
    await refuseOldProgram(memoryContext({ cwd: tmpdir() }), command, env);
    return null;
  } catch (error) {
    return error;
  }
}

const TOOLS = 'mongodump version: 100.14.1\ngit version: 0123\nGo version: go1.23.0';

describe('a program that takes no token from a file', () => {
  test.each([
    ['mongosh', '2.3.4', 'mongosh 2.3.4', 'mongosh 2.3.5'],
    ['mongosh', '1.10.6', 'mongosh 1.10.6', 'mongosh 2.3.5'],
    ['mongodump', TOOLS, 'mongodump 100.14.1', 'mongodump 100.15.0'],
    ['mongorestore', 'mongorestore version: 100.9.4', 'mongorestore 100.9.4', 'mongorestore 100.15.0'],
    ['mongo', 'MongoDB shell version v5.0.9', 'mongo', 'mongosh 2.3.5'],
  ])('%s that says %j is refused', async (name, says, said, first) => {
    expect(await refusal(program(name, says))).toMatchObject({
      code: 'exec.program-too-old',
      message: `${said} cannot read a token from a file.`,
      likelyCause: `The first version with this feature is ${first}.`,
    });
  });

  test.each([
    ['mongosh', '2.3.5'],
    ['mongosh', '2.12.0'],
    ['mongosh', '10.0.0'],
    ['mongodump', 'mongodump version: 100.15.0'],
    ['mongodump', 'mongodump version: built-without-version-string'],
    ['mongosh', ''],
    ['another-program', '0.0.1'],
  ])('%s that says %j may run', async (name, says) => {
    expect(await refusal(program(name, says))).toBe(null);
  });

  test('that does not exist is left to the one who runs it', async () => {
    expect(await refusal('/nonexistent/mongosh')).toBe(null);
  });
});

test('programs of the Go driver are said to need --static', () => {
  expect(endpointWarning('/usr/bin/mongodump')).toMatchObject({
    code: 'exec.endpoint-not-read',
    remedy: 'Add --static to set the keys in the environment of the program. These keys are not renewed.',
    command: { kind: 'rerun', set: { '--static': true }, drop: [] },
  });
  expect([endpointWarning('mongosh'), endpointWarning('python3')]).toEqual([null, null]);
});
