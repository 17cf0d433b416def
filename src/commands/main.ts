import type { Flag } from '../lib/core/command-line.ts';
import type { Context } from '../lib/core/context.ts';
import { Interruption } from '../lib/core/deadline.ts';
import { FedctlError, isFedctlError, type Warning } from '../lib/core/errors.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import { givenSecrets } from '../lib/core/presented-secrets.ts';
import { failureDocument, failureLines, type ToldWarning, warningLines } from '../lib/render/failure.ts';
import { JsonLine } from '../lib/render/json.ts';
import { createOutput, linesOf } from '../lib/render/output.ts';
import { createProgress, SILENT_PROGRESS } from '../lib/render/progress.ts';
import { createTheme, wantsColour } from '../lib/render/theme.ts';
import { type Invocation, isEnded } from './command.ts';
import { readFaces } from './faces.ts';
import { mfaPrompt } from './mfa-prompt.ts';
import type { OptionTable } from './options/option.ts';
import { namingSource } from './options/source.ts';
import { type Parsed, parse } from './parse.ts';
import { COMMANDS } from './program.ts';
import type { TypedLine } from './typed.ts';
import {
  type CommonValues,
  commandLine,
  isInEnvironment,
  readCommon,
  readTypedLine,
  sourceOf,
} from './typed-line.ts';
import { usageFailure } from './usage-failure.ts';

/**
 * Runs fedctl once. The only place where an error becomes an exit code.
 *
 * @param argv the arguments after the script's name
 * @returns the exit code
 */
export async function main(argv: readonly string[], context: Context): Promise<number> {
  context.redactor.learn(...givenSecrets(context.env, argv));
  const line = await readTypedLine(argv);
  const common = readCommon(line, context.env);
  try {
    const parsed = await parse(helpForm(argv), context, {
      width: Math.min(context.stdout.columns ?? 100, 100),
      writeOut: (text) => createOutput(context.stdout, context).write(linesOf(text)),
    });
    if (parsed === null) return EXIT.done;
    if (common.fault !== null) throw common.fault;
    return await runCommand(parsed, line, common, context);
  } catch (error) {
    return report(error, line, common, context);
  }
}

async function runCommand(
  parsed: Parsed,
  line: TypedLine,
  { values: common, typed }: CommonValues,
  context: Context,
): Promise<number> {
  const faces = readFaces(outputs(common, typed), parsed.command.faces ?? null);
  const json = faces.stdout === 'json';
  const colourOf = (stream: Context['stdout']) => wantsColour(stream, context.env, common.noColor);
  const warnings: ToldWarning[] = [];
  const offer = offerer(line, common.timeout, context.env);
  const stdout = createOutput(context.stdout, context);
  const stderr = createOutput(context.stderr, context);
  const stderrTheme = createTheme(colourOf(context.stderr));
  const talks = !json && !common.quiet;
  const progress = talks ? createProgress(context.stderr, colourOf(context.stderr)) : SILENT_PROGRESS;
  const warn = (warning: Warning) => {
    // Member by member: a failure may be told as a warning, and its message is not enumerable.
    const { code, message, remedy } = warning;
    const told = { code, message, remedy, command: offer(warning.command) };
    warnings.push(told);
    if (talks) stderr.write(warningLines(told, stderrTheme));
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
    typed: new Set([...parsed.typed, ...typed]),
    args: parsed.args,
    aws: {
      timeoutMs: common.timeout * 1000,
      ...(common.profile === null
        ? {}
        : { profile: common.profile, profileSource: sourceOf(line, '--profile', context.env) }),
      ...(common.region === null
        ? {}
        : { region: common.region, regionSource: sourceOf(line, '--region', context.env) }),
      // Under json stderr holds one document at most, so there is no place to ask.
      ...(json || common.noInput ? {} : mfaPrompt(context, progress)),
      warn,
    },
    offer,
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

/** How commands are completed in this run. */
function offerer(line: TypedLine, timeout: number, env: Context['env']): Invocation<OptionTable>['offer'] {
  const typed = {
    line,
    timeout,
    given: (flag: Flag) => isInEnvironment(line, flag, env),
    repeat: {},
    common: {},
  };
  return (command, about = {}) => commandLine(command, { ...typed, ...about });
}

/** Tells what went wrong on stderr, in the face that was asked for. */
function report(
  error: unknown,
  line: TypedLine,
  { values: common, typed }: CommonValues,
  context: Context,
): number {
  const interruption = context.signal.aborted ? context.signal.reason : error;
  if (interruption instanceof Interruption) return interruption.exitCode;
  const usage = usageFailure(error, COMMANDS);
  if (usage === 'told') return EXIT.done;
  const raised = usage ?? (isFedctlError(error) ? error : bug(error));
  const failure = namingSource(raised, (option) => sourceOf(line, option, context.env));
  const command = offerer(line, common.timeout, context.env)(failure.command);
  const [face] = outputs(common, typed)
    .filter((each) => !each.includes('='))
    .slice(-1);
  const json = face === 'json';
  const theme = createTheme(wantsColour(context.stderr, context.env, common.noColor));
  const stderr = createOutput(context.stderr, context);
  stderr.write(
    json ? [new JsonLine(failureDocument(failure, command))] : failureLines(failure, command, theme),
  );
  if (!json && common.verbose) stderr.write(causes(failure).map(theme.dim));
  return failure.exitCode;
}

/** `--json` is `--output json`; either of them, typed, beats the other's variable. */
function outputs(
  common: Pick<CommonValues['values'], 'json' | 'output'>,
  typed: CommonValues['typed'],
): readonly string[] {
  const output = typed.has('json') && !typed.has('output') ? [] : common.output;
  const json = common.json && (typed.has('json') || !typed.has('output'));
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

/** `fedctl help token` and `fedctl --help token` are `fedctl token --help`; fedctl alone asks for help too. */
function helpForm(argv: readonly string[]): readonly string[] {
  if (argv.length === 0) return ['--help'];
  return ['help', '--help', '-h'].includes(argv[0] ?? '') ? [...argv.slice(1), '--help'] : argv;
}
