import type { Context } from '../lib/context.ts';
import { Interruption } from '../lib/deadline.ts';
import { FedctlError, isFedctlError, type Warning } from '../lib/errors.ts';
import { EXIT, type ExitCode } from '../lib/exit-codes.ts';
import { givenSecrets } from '../lib/presented-secrets.ts';
import { failureDocument, failureLines, warningLines } from '../lib/render/failure.ts';
import { JsonLine } from '../lib/render/json.ts';
import { createOutput, linesOf } from '../lib/render/output.ts';
import { createProgress, SILENT_PROGRESS } from '../lib/render/progress.ts';
import { createTheme, wantsColour } from '../lib/render/theme.ts';
import { type Invocation, isEnded } from './command.ts';
import { readFaces } from './faces.ts';
import { mfaPrompt } from './mfa-prompt.ts';
import type { OptionTable } from './options.ts';
import { commandWords, type Parsed, parse } from './parse.ts';
import { COMMANDS } from './program.ts';
import { usageFailure } from './usage-failure.ts';

/**
 * Runs fedctl once. The only place where an error becomes an exit code.
 *
 * @param argv the arguments after the script's name
 * @returns the exit code
 */
export async function main(argv: readonly string[], context: Context): Promise<number> {
  const json = asksForJson(argv, context.env);
  context.redactor.learn(...givenSecrets(context.env, argv));
  try {
    const parsed = await parse(helpForm(argv), context, {
      width: Math.min(context.stdout.columns ?? 100, 100),
      writeOut: (text) => createOutput(context.stdout, context).write(linesOf(text)),
    });
    return parsed === null ? EXIT.done : await runCommand(parsed, context);
  } catch (error) {
    return report(error, argv, context, json);
  }
}

async function runCommand(parsed: Parsed, context: Context): Promise<number> {
  const { common } = parsed;
  const faces = readFaces(outputs(parsed), parsed.command.faces ?? null);
  const json = faces.stdout === 'json';
  const colourOf = (stream: Context['stdout']) => wantsColour(stream, context.env, common.noColor);
  const warnings: Warning[] = [];
  const stdout = createOutput(context.stdout, context);
  const stderr = createOutput(context.stderr, context);
  const stderrTheme = createTheme(colourOf(context.stderr));
  const talks = !json && !common.quiet;
  const progress = talks ? createProgress(context.stderr, colourOf(context.stderr)) : SILENT_PROGRESS;
  const warn = (warning: Warning) => {
    warnings.push(warning);
    if (talks) stderr.write(warningLines(warning, stderrTheme));
  };
  const invocation: Invocation<OptionTable> = {
    context,
    common: {
      profile: common.profile,
      region: common.region,
      timeoutMs: common.timeout * 1000,
      output: json ? 'json' : 'human',
      faces,
      quiet: common.quiet,
      verbose: common.verbose,
      input: !common.noInput,
    },
    options: parsed.options,
    typed: new Set([...parsed.typed, ...parsed.typedCommon]),
    args: parsed.args,
    aws: {
      timeoutMs: common.timeout * 1000,
      ...(common.profile === null ? {} : { profile: common.profile }),
      ...(common.region === null ? {} : { region: common.region }),
      // Under json stderr holds one document at most, so there is no place to ask.
      ...(json || common.noInput ? {} : mfaPrompt(context, progress)),
      warn,
    },
    warn,
    print(line) {
      if (!json) stdout.write([line]);
    },
    stdout,
    stderr,
    hint(line) {
      if (talks) stderr.write([stderrTheme.dim(line)]);
    },
    progress,
    theme: createTheme(colourOf(context.stdout)),
  };
  const answer = await parsed.command.run(invocation);
  if (isEnded(answer)) return answer.exitCode;
  if (context.signal.aborted) throw context.signal.reason;
  const { discloses = [], end = '\n' } = answer;
  if (json) stdout.write([new JsonLine({ ...answer.document, warnings })], { discloses });
  else stdout.write(answer.lines, { discloses, end });
  return answer.exitCode ?? EXIT.done;
}

/** Tells what went wrong on stderr, in the face that was asked for. */
function report(error: unknown, argv: readonly string[], context: Context, json: boolean): number {
  const interruption = context.signal.aborted ? context.signal.reason : error;
  if (interruption instanceof Interruption) return interruption.exitCode;
  const usage = usageFailure(error, COMMANDS);
  if (usage === 'told') return EXIT.done;
  const failure = forThisCommand(usage ?? (isFedctlError(error) ? error : bug(error)), argv);
  const theme = createTheme(wantsColour(context.stderr, context.env, argv.includes('--no-color')));
  const stderr = createOutput(context.stderr, context);
  const exitCode = ownExitCode(failure, argv);
  stderr.write(json ? [new JsonLine(failureDocument(failure, exitCode))] : failureLines(failure, theme));
  if (!json && argv.includes('--verbose')) stderr.write(causes(failure).map(theme.dim));
  return exitCode;
}

/** The failures of a command that passes on the exit code of a program must not look like that of the program. */
function ownExitCode({ exitCode }: FedctlError, argv: readonly string[]): ExitCode {
  if (exitCode === EXIT.notFound || exitCode === EXIT.notExecutable) return exitCode;
  const [name] = commandWords(argv);
  return COMMANDS.find((row) => row.name === name)?.ownFailure ?? exitCode;
}

/** `--json` is `--output json`; either of them, typed, beats the other's variable. */
function outputs({ common, typedCommon }: Parsed): readonly string[] {
  const output = typedCommon.has('json') && !typedCommon.has('output') ? [] : common.output;
  const json = common.json && (typedCommon.has('json') || !typedCommon.has('output'));
  return json ? [...output, 'json'] : output;
}

function bug(error: unknown): FedctlError {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new FedctlError('bug.unexpected', {
    message: `fedctl failed in a way it does not know: ${text}`,
    cause: error,
  });
}

/** The chain of foreign errors behind a failure, by name and message. Stacks only for bugs. */
function causes(failure: FedctlError): readonly string[] {
  const lines: string[] = [];
  for (let cause = failure.cause; cause instanceof Error && lines.length < 10; cause = cause.cause) {
    const said = `${cause.name}: ${cause.message}`;
    const [first = '', ...stack] = failure.exitCode === EXIT.bug ? (cause.stack ?? said).split('\n') : [said];
    lines.push(`because: ${first}`, ...stack.map((line) => `         ${line.trim()}`));
  }
  return lines;
}

/** Whether failures are to be told as JSON. Read from the raw arguments: the parse itself may be what fails. */
function asksForJson(argv: readonly string[], env: Context['env']): boolean {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const output = own.flatMap((arg, index) =>
    arg.startsWith('--output=')
      ? [arg.slice('--output='.length)]
      : arg === '--output'
        ? [own[index + 1] ?? '']
        : [],
  );
  if (own.includes('--json')) return true;
  if (output.length > 0) return output.filter((face) => !face.includes('=')).at(-1) === 'json';
  return env['FEDCTL_OUTPUT'] === 'json' || ['1', 'true'].includes(env['FEDCTL_JSON']?.toLowerCase() ?? '');
}

/** `fedctl help token` and `fedctl --help token` are `fedctl token --help`; fedctl alone asks for help too. */
function helpForm(argv: readonly string[]): readonly string[] {
  if (argv.length === 0) return ['--help'];
  return ['help', '--help', '-h'].includes(argv[0] ?? '') ? [...argv.slice(1), '--help'] : argv;
}

/** A remedy of the catalogue says `fedctl <command>` where it holds for all of them: here it gets this one's name. */
function forThisCommand(failure: FedctlError, argv: readonly string[]): FedctlError {
  if (!failure.remedy.includes('fedctl <command>')) return failure;
  const typed = ['fedctl', ...commandWords(argv)].join(' ');
  return new FedctlError(failure.code, {
    ...failure,
    message: failure.message,
    remedy: failure.remedy.replaceAll('fedctl <command>', typed),
  });
}
