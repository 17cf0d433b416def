import { expect, test } from 'vitest';
import { Redactor } from '../../../src/lib/core/redactor.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import { WorkflowCommand, withoutCommands } from '../../../src/lib/render/workflow-command.ts';

const redactor = new Redactor();
redactor.learn(new Secret('hunter2'));
const written = (command: WorkflowCommand) => command.written(redactor);

test('what separates the parts of an annotation is escaped in them', () => {
  expect(
    written(WorkflowCommand.annotation('error', 'a:b,c%\r\n::', ['100%\r', '::warning::b ##[add-mask]c'])),
  ).toBe(
    '::error title=a%3Ab%2Cc%25\\u{d}\\u{a}%3A%3A::100%25\\u{d}%0A\\u{3a}:warning::b #\\u{23}[add-mask]c',
  );
  expect(written(WorkflowCommand.annotation('notice', 'x', ['hello']))).toBe('::notice title=x::hello');
});

test('only a mask tells a secret', () => {
  expect(written(WorkflowCommand.annotation('error', 'of hunter2', ['hunter2']))).toBe(
    '::error title=of [secret]::[secret]',
  );
  expect(written(WorkflowCommand.mask('hunter2'))).toBe('::add-mask::hunter2');
});

test('a mask is one line, whatever the secret contains', () => {
  expect(written(WorkflowCommand.mask('a%0Ab\r\nc'))).toBe('::add-mask::a%250Ab%0D%0Ac');
  expect(written(WorkflowCommand.mask('::stop-commands::x'))).toBe('::add-mask::::stop-commands::x');
});

test('a line that is no command stays none', () => {
  expect(
    ['::a', '  \t::a', '\u3000\u00a0::a', '\u001b[2m ::a', 'x ##[a]', '###[a]', 'arn:aws:iam::1', '##'].map(
      withoutCommands,
    ),
  ).toEqual([
    '\\u{3a}:a',
    '  \t\\u{3a}:a',
    '\u3000\u00a0\\u{3a}:a',
    '\u001b[2m \\u{3a}:a',
    'x #\\u{23}[a]',
    '##\\u{23}[a]',
    'arn:aws:iam::1',
    '##',
  ]);
});
