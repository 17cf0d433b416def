import { type Flag, fedctl, HELP, rerun } from '../lib/core/command-line.ts';
import type { Context } from '../lib/core/context.ts';
import { Interruption } from '../lib/core/deadline.ts';
import { FedctlError, foreignErrors, isFedctlError, type Warning } from '../lib/core/errors.ts';
import { EXIT, type ExitCode } from '../lib/core/exit-codes.ts';
import { nearest } from '../lib/core/nearest.ts';
import { givenSecrets } from '../lib/core/presented-secrets.ts';
import { failureDocument, failureLines, type ToldWarning, warningLines } from '../lib/render/failure.ts';
import { JsonLine } from '../lib/render/json.ts';
import { isAscii } from '../lib/render/locale.ts';
import { createOutput, linesOf } from '../lib/render/output.ts';
import { createProgress, SILENT_PROGRESS } from '../lib/render/progress.ts';
import { createTheme, loadColors, type Theme, wantsColor } from '../lib/render/theme.ts';
import { isInActions, WorkflowCommand } from '../lib/render/workflow-command.ts';
import { columnsOf } from '../lib/render/wrap.ts';
import { type Invocation, isEnded } from './command.ts';
import { helpForm, helpTopic } from './help.ts';
import { mfaPrompt } from './mfa-prompt.ts';
import type { OptionTable } from './options/option.ts';
import { namingSource } from './options/source.ts';
import { readOutputFormats } from './output-formats.ts';
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
  withOptionsBehind,
} from './typed-line.ts';
import { holdsToken, usageFailure } from './usage-failure.ts';

/**
 * The width, in columns, of help text that is written to a file or a pipe. Many terminals have this width.
 */
const HELP_COLUMNS = 80;
/** Maximum width of the help, in columns. Longer lines are hard to read. */
const WIDEST_HELP = 100;

/**
 * Runs fedctl once. This is the only place that converts an error to an exit code.
 *
 * @param argv the arguments after the script's name
 * @returns the exit code
 */
export async function main(argv: readonly string[], context: Context): Promise<number> {
  context.redactor.learn(...givenSecrets(context.env, argv));
  const line = await readTypedLine(argv);
  const common = readCommon(line, context.env);
  try {
    const stdout = await createOutput(context.stdout, context);
    const topic = helpTopic(argv);
    if (topic !== null) {
      stdout.write(await topic.lines());
      return EXIT.done;
    }
    const parsed = await parse(helpForm(argv, line), context, {
      width: Math.min(columnsOf(context.stdout) ?? HELP_COLUMNS, WIDEST_HELP),
      writeOut: (text) => stdout.write(linesOf(text)),
    });
    if (parsed === null) return EXIT.done;
    if (common.fault !== null) throw common.fault;
    return await runCommand(parsed, line, common, context);
  } catch (error) {
    const usage = usageFailure(error, COMMANDS);
    const behind = isUnknownOption(usage) ? await withOptionsBehind(argv) : null;
    if (behind !== null) return report(misplacedOption(argv[0] ?? '', behind), behind, common, context);
    return report(usage ?? error, line, common, context);
  }
}

async function runCommand(
  parsed: Parsed,
  line: TypedLine,
  { values: common, typed }: CommonValues,
  context: Context,
): Promise<number> {
  const formats = readOutputFormats(outputs(common, typed), parsed.command.formats ?? null);
  const json = formats.stdout === 'json';
  const themeOf = (stream: Context['stdout']) => themeFor(stream, context, common.noColor);
  const ascii = isAscii(context.env);
  const warnings: ToldWarning[] = [];
  const offer = offerer(line, common.timeout, context.env);
  // Only the human format is restricted to ASCII. The other formats are documents with their own character
  // set.
  const stdout = await createOutput(context.stdout, context, ascii && formats.stdout === 'human');
  const stderr = await createOutput(context.stderr, context, ascii);
  const stderrTheme = await themeOf(context.stderr);
  const talks = !json && !common.quiet;
  const progress = talks
    ? createProgress(context.stderr, {
        color: wantsColor(context.stderr, context.env, common.noColor),
        ascii,
      })
    : SILENT_PROGRESS;
  const warn = (warning: Warning) => {
    // The members are copied by name, because spread syntax copies only enumerable members. The warning can
    // be a FedctlError, and the message of an error is not enumerable.
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
      formats,
      quiet: common.quiet,
      verbose: common.verbose,
      input: !common.noInput,
    },
    options: parsed.options,
    typed: new Set([...parsed.typed, ...typed]),
    args: parsed.args,
    awsSettings: {
      timeoutMs: common.timeout * 1000,
      ...(common.profile === null
        ? {}
        : { profile: common.profile, profileSource: sourceOf(line, '--profile', context.env) }),
      ...(common.region === null
        ? {}
        : { region: common.region, regionSource: sourceOf(line, '--region', context.env) }),
      // With JSON output, stderr contains at most one JSON document, so fedctl cannot prompt.
      ...(json || common.noInput ? {} : mfaPrompt(context, progress)),
      warn,
    },
    offer,
    async complete(words) {
      const { candidates } = await import('./completion/candidates.ts');
      return candidates(words, context);
    },
    warn,
    warnings,
    print(line) {
      if (!json) stdout.write([line]);
    },
    stdout,
    stderr,
    hint(line, kind = 'prose') {
      if (talks) stderr.write([kind === 'typed' ? line : stderrTheme.prose(stderrTheme.dim(line))]);
    },
    progress,
    theme: await themeOf(context.stdout),
  };
  refuseBareProgram(parsed, line);
  const answer = await parsed.command.run(invocation);
  if (isEnded(answer)) return answer.exitCode;
  if (context.signal.aborted) throw context.signal.reason;
  const { discloses = [], end = '\n' } = answer;
  // After this output, the runner of GitHub Actions masks these secrets in the log of the job.
  if (isInActions(context.env))
    stderr.write(discloses.map((secret) => WorkflowCommand.mask(secret.reveal())));
  if (json) stdout.write([new JsonLine({ ...answer.document, warnings })], { discloses });
  else stdout.write(answer.lines, { discloses, end });
  return answer.exitCode ?? EXIT.done;
}

/**
 * Requires `--` before a program to run. Otherwise a misspelled subcommand could run a program of the same
 * name in PATH.
 *
 * @throws FedctlError usage.unknown-command
 */
function refuseBareProgram({ command }: Parsed, { words, command: names }: TypedLine): void {
  const [word] = words.slice(names.length);
  if (command.runsProgram !== true || word === undefined) return;
  if (holdsToken(word)) {
    throw new FedctlError('usage.token-as-argument', { message: 'A token was given as an argument.' });
  }
  const of = names.join(' ');
  const subcommands = COMMANDS.find(({ name }) => name === names[0])?.subcommands ?? [];
  const near = nearest(
    word,
    subcommands.map(({ name }) => name),
  );
  throw new FedctlError('usage.unknown-command', {
    message: `Unknown command '${word}' of fedctl ${of}.${near === null ? '' : ` (Did you mean ${near}?)`}`,
    likelyCause: 'A subcommand is misspelled, or -- is missing before the program to run.',
    remedy: `To run a program in the lab, put -- before the program: "fedctl ${of} -- ${words.slice(names.length).join(' ')}".`,
    command: near === null ? HELP : fedctl([...names, near, ...(near === 'stop' ? ['--help'] : [])]),
    details: { commands: subcommands.map(({ name }) => name) },
  });
}

async function themeFor(
  stream: Context['stdout'],
  { env }: Pick<Context, 'env'>,
  noColor: boolean,
): Promise<Theme> {
  return createTheme(wantsColor(stream, env, noColor) && (await loadColors()), columnsOf(stream) !== null);
}

function isUnknownOption(failure: unknown): boolean {
  return isFedctlError(failure) && failure.code === 'usage.unknown-option';
}

function misplacedOption(typed: string, line: TypedLine): FedctlError {
  const [flag = ''] = typed.split('=');
  return new FedctlError('usage.unknown-option', {
    message: `${flag} is an option of fedctl ${line.command.join(' ')} and must follow the command.`,
    likelyCause: 'Only common options can precede the command.',
    remedy: 'Put the option after the command.',
    command: rerun({}),
    details: { option: flag },
  });
}

/** Returns the function that formats suggested commands in this run. */
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

/** Reports a failure on stderr, in the requested output format. */
async function report(
  error: unknown,
  line: TypedLine,
  { values: common, typed }: CommonValues,
  context: Context,
): Promise<number> {
  const interruption = context.signal.aborted ? context.signal.reason : error;
  if (interruption instanceof Interruption) return interruption.exitCode;
  if (error === 'told') return EXIT.done;
  const raised = isFedctlError(error) ? error : bug(error);
  const failure = namingSource(raised, (option) => sourceOf(line, option, context.env));
  const command = offerer(line, common.timeout, context.env)(failure.command);
  const [format] = outputs(common, typed)
    .filter((each) => !each.includes('='))
    .slice(-1);
  const json = format === 'json';
  const theme = await themeFor(context.stderr, context, common.noColor);
  const stderr = await createOutput(context.stderr, context, isAscii(context.env));
  const exitCode = ownExitCode(failure, line);
  stderr.write(
    json
      ? [new JsonLine(failureDocument(failure, command, exitCode))]
      : failureLines(failure, command, theme),
  );
  if (!json && common.verbose) stderr.write(causes(failure).map((each) => theme.prose(theme.dim(each))));
  return exitCode;
}

/**
 * Returns the exit code of a failure. If a command exits with the exit code of a child process, failures of
 * fedctl have a separate exit code.
 */
function ownExitCode({ exitCode }: FedctlError, line: TypedLine): ExitCode {
  if (exitCode === EXIT.notFound || exitCode === EXIT.notExecutable) return exitCode;
  const [name] = line.command;
  return COMMANDS.find((row) => row.name === name)?.ownFailure ?? exitCode;
}

/**
 * Returns the requested output formats. `--json` means `--output json`. On the command line, --json overrides
 * FEDCTL_OUTPUT, and --output overrides FEDCTL_JSON.
 */
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
    message: `Unexpected error in fedctl: ${text}`,
    cause: error,
  });
}

/**
 * Returns the names and messages of all errors in the cause chain of a failure. Stack traces are included only
 * for bugs.
 */
function causes(failure: FedctlError): readonly string[] {
  return foreignErrors(failure).flatMap(({ name, message, stack: trace }) => {
    const said = `${name}: ${message}`;
    const [first = '', ...stack] = failure.exitCode === EXIT.bug ? (trace ?? said).split('\n') : [said];
    return [`because: ${first}`, ...stack.map((line) => `         ${line.trim()}`)];
  });
}
