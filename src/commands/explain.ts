import { fedctl } from '../lib/core/command-line.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import { nearest } from '../lib/core/nearest.ts';
import { matches, patternsOf } from '../lib/failures/match.ts';
import type { ExplainedCode } from '../lib/failures/page.ts';
import { areas, CODES, isExplained, pageOf } from '../lib/failures/pages.ts';
import { pasted } from '../lib/failures/pasted.ts';
import { readTail } from '../lib/files/tail.ts';
import {
  explainDocument,
  explainLines,
  explanationsDocument,
  explanationsLines,
  matchesDocument,
  matchesLines,
} from '../lib/render/explain.ts';
import type { Theme } from '../lib/render/theme.ts';
import { type Answer, command, type Invocation } from './command.ts';
import type { OptionTable } from './options/option.ts';
import { refuseToken } from './usage-failure.ts';

/**
 * Maximum size of the text to explain, in bytes. If the text is longer, only its end is used, because the error is
 * usually at the end of a log.
 */
const MAX_TEXT_BYTES = 1024 * 1024;
const MOST_MATCHES = 5;
const MAX_WIDTH = 100;

export const explain = command({
  arguments: '[code]',
  values: 'codes',
  without: ['profile', 'region', 'timeout', 'noInput'],
  examples: [
    'fedctl explain mongo.oidc-refused        # meaning, causes and fix',
    'fedctl explain                           # all codes',
    'npm start 2>&1 | fedctl explain -        # the codes that match the errors of a program',
    'fedctl explain - < error.txt',
  ],
  notes: `Every error of fedctl has a code. If the argument is -, or if no code is given and standard input is a pipe,
fedctl reads an error text from standard input. If the text is longer than 1 MiB, fedctl uses only the
last MiB. fedctl does not print, store or send the text. Exit code 5: no failure matches the text.`,
  options: {},
  async run(invocation) {
    const { args, context, theme } = invocation;
    const [code] = args;
    if (code === '-' || (code === undefined && context.stdin.isTTY !== true))
      return explainPasted(invocation);
    if (code === undefined) return list(theme);
    if (!isExplained(code)) throw unknownCode(code);
    return {
      document: explainDocument(pageOf(code), titleOf),
      lines: explainLines(pageOf(code), titleOf, theme, widthOf(invocation)),
    };
  },
});

function list(theme: Theme): Answer {
  return {
    document: explanationsDocument(areas(), titleOf),
    lines: explanationsLines(areas(), titleOf, theme),
  };
}

/**
 * Explains the text from stdin. If stdin is empty (as in cron and CI) and the argument `-` is absent, lists
 * all codes.
 */
async function explainPasted(invocation: Invocation<OptionTable>): Promise<Answer> {
  const { args, context, hint, theme } = invocation;
  if (context.stdin.isTTY === true) hint('Paste the error, then press Enter and Ctrl-D.');
  const { text, linesBefore } = await readTail(context.stdin, MAX_TEXT_BYTES, context.signal);
  if (args.length === 0 && text === '') return list(theme);
  const found = matches(patternsOf(CODES.map(pageOf)), pasted(text, linesBefore + 1), MOST_MATCHES);
  return {
    document: matchesDocument(found, titleOf),
    lines: matchesLines(found, titleOf, theme, widthOf(invocation)),
    exitCode: found.length === 0 ? EXIT.answeredNo : EXIT.done,
  };
}

function titleOf(code: ExplainedCode): string {
  return pageOf(code).title;
}

function widthOf({ context }: Invocation<OptionTable>): number {
  return Math.min(context.stdout.columns ?? MAX_WIDTH, MAX_WIDTH);
}

/**
 * Returns the failure for an unknown code. For a single word, the failure suggests codes that contain the word or are
 * similar to it. Otherwise, it suggests codes whose error patterns match the text. The message repeats the given text
 * only if it has the form of a code, because other text may be a secret.
 */
function unknownCode(typed: string): FedctlError {
  refuseToken('a code', [typed]);
  const suggested = suggestions(typed).slice(0, MOST_MATCHES);
  const isShaped = /^[a-z0-9.-]{1,60}$/.test(typed);
  const page = suggested[0] ?? (isShaped ? null : '-');
  const what = isShaped ? `Unknown code "${typed}"` : 'Invalid code';
  return new FedctlError('usage.invalid-value', {
    message: suggested.length === 0 ? `${what}.` : `${what}; did you mean ${suggested.join(', ')}?`,
    likelyCause: isShaped
      ? 'No failure has this code.'
      : 'The argument does not have the format of a code, such as sts.mint-denied. To explain the text of an error, pass the text on standard input.',
    remedy: isShaped
      ? 'List all codes, or read the page of a suggested code.'
      : suggested.length === 0
        ? 'Pipe the text of the error into "fedctl explain -".'
        : 'Read the page of a suggested code, or pipe the text of the error into "fedctl explain -".',
    command: fedctl(page === null ? ['explain'] : ['explain', page]),
    details: { nearest: suggested },
  });
}

function suggestions(typed: string): readonly string[] {
  if (!/\s/.test(typed)) {
    const word = typed.toLowerCase();
    const near = nearest(word, CODES);
    const alike = CODES.filter((code) => code === near || (word.length > 2 && code.includes(word)));
    if (alike.length > 0) return alike;
  }
  return matches(patternsOf(CODES.map(pageOf)), pasted(typed), MOST_MATCHES).map(({ code }) => code);
}
