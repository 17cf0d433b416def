import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BIN, runBin } from '../support/run-bin.ts';

/** A config file whose profile starts this very fedctl, and a log with a line for each time it did. */
async function loopingProfile(command: string): Promise<{ config: string; log: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'fedctl-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const [config, log] = [join(directory, 'config'), join(directory, 'log')];
  const line = `sh -c "echo started >> '${log}'; exec '${process.execPath}' '${BIN}' ${command}"`;
  await writeFile(config, `[profile loop]\nregion = eu-west-1\ncredential_process = ${line}\n`);
  await writeFile(log, '');
  return { config, log };
}

test.each([
  'credentials --format process --profile loop',
  'credentials --format json --profile loop',
  'token --audience x --profile loop',
])('a profile that starts fedctl for its credentials does so once: %s', async (command) => {
  const { config, log } = await loopingProfile(command);
  const result = await runBin(['credentials', '--format', 'process', '--profile', 'loop'], {
    env: { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials' },
  });
  expect(await readFile(log, 'utf8')).toBe('started\n');
  expect(result).toEqual({
    code: 2,
    signal: null,
    stdout: '',
    stderr: `error: The credential_process of the profile "loop" exited with code 2: The credential_process of the profile "loop" is fedctl, which reads its credentials from the same profile.
cause:  The credential_process of the profile is fedctl, which reads its credentials from the same profile.
remedy: Specify another profile in the credential_process line: "credential_process = fedctl credentials --format process --profile <other>".
code:   aws.credential-process-loop
`,
  });
});
