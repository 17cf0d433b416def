import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { ROOT } from '../architecture/imports.ts';
import { memoryContext } from '../support/memory-context.ts';
import { runBin } from '../support/run-bin.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

describe('what the build wrote down', () => {
  test.each([[[]], [['--help']], [['-h']], [['help']], [['--version']], [['-V']]])(
    'is what the program prints for %j',
    async (args) => {
      const context = { ...memoryContext(), version };
      const code = await main(args, context);
      expect(await runBin(args)).toEqual({
        code,
        signal: null,
        stdout: context.stdout.text,
        stderr: context.stderr.text,
      });
    },
  );
});
