import { expect, test } from 'vitest';
import { example, fedctlIn } from '../support/example-commands.ts';
import { runLab } from '../support/running-lab.ts';

const README = example('handshake/README.md');
const block = (language: string) =>
  new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(README)?.[1] ?? '';

/** Without what differs from run to run. */
const steps = (text: string) =>
  text
    .split('\n')
    .filter((line) => /^ {2}\d\. /.test(line))
    .join('\n')
    .replace(/\bASIA(\.\.\.|[A-Z0-9]{16})/, '<key>')
    .replace(/\b\d{8}T\d{6}Z\b/, '<date>');

test('the command of the README prints the steps that the README shows', async () => {
  const lab = await runLab();
  try {
    const { code, stdout } = await lab.run(fedctlIn(block('sh').trim()) ?? []);
    expect(code).toBe(0);
    expect(steps(stdout)).toBe(steps(block('text')));
    expect(steps(stdout).split('\n')).toHaveLength(5);
  } finally {
    await lab.stop();
  }
});
