import { Command, Option } from 'commander';
import type { Context } from '../lib/core/context.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { loadWrap } from '../lib/render/wrap.ts';
import type { AnyCommand } from './command.ts';
import { asksForHelp } from './help.ts';
import {
  environmentName,
  type Given,
  longFlag,
  type OptionTable,
  type OptionValues,
} from './options/option.ts';
import { readOption } from './options/source.ts';
import { COMMANDS, COMMON_OPTIONS, type CommandRow } from './program.ts';
import { HELP_TOPICS } from './topics/topics.ts';

/** The parsed command line: the command, its arguments and its options. */
export interface Parsed {
  readonly command: AnyCommand;
  readonly args: readonly string[];
  readonly options: OptionValues<OptionTable>;
  /** The keys of the command's options that are on the command line. */
  readonly typed: ReadonlySet<string>;
}

/** The output for the help and the version, with its width in columns. */
export interface ProgramOutput {
  readonly width: number;
  writeOut(text: string): void;
}

const INTRODUCTION = `fedctl: passwordless login from AWS to MongoDB Atlas and any OIDC relying party.

Start here:
  $ fedctl demo                                  run everything on this machine, no account needed
  $ fedctl enable                                enable token minting for your AWS account
  $ fedctl token --audience https://my.api       mint a token
  $ fedctl connect --mechanism oidc --uri 'mongodb+srv://cluster0.example.mongodb.net/' --audience my-atlas
`;

/**
 * Parses the command line.
 *
 * @throws CommanderError for help, version and every usage error; FedctlError usage.invalid-value
 */
export async function parse(
  argv: readonly string[],
  context: Context,
  output: ProgramOutput,
): Promise<Parsed | null> {
  let parsed: Parsed | null = null;
  const flow = asksForHelp(argv) ? await flowTo(output.width) : null;
  const program = new Command('fedctl')
    .version(context.version, '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Print help')
    .usage('[options] <command>')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: output.writeOut,
      // The messages of commander are discarded. commander also throws an error, and main reports this error
      // in the requested output format.
      writeErr: () => {},
      getOutHelpWidth: () => output.width,
    })
    .addHelpText('before', INTRODUCTION)
    .addHelpText(
      'after',
      `\nSee also "fedctl <command> --help" and "fedctl help <topic>". Topics:\n${HELP_TOPICS.map(({ name }) => name).join(', ')}.`,
    );
  addOptions(program, COMMON_OPTIONS);
  const commandLine = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : null;
  /**
   * Adds commands to a parent command. Before commander parses the options of the requested command, the
   * definition of this command is loaded.
   */
  const addRows = (parent: Command, rows: readonly (Omit<CommandRow, 'group'> & { group?: string })[]) => {
    const loaded = new Map<string, AnyCommand>();
    for (const row of rows) {
      if (row.group !== undefined) parent.commandsGroup(row.group);
      const sub = parent.command(row.name).description(row.summary).exitOverride().helpCommand(false);
      sub.action(() => {
        const record = loaded.get(row.name);
        if (record === undefined) return;
        if (parent !== program) refuseOptionsOf(parent, sub);
        parsed = {
          command: record,
          args: sub.args,
          options: readOptions(sub, record.options, context.env),
          typed: typedOptions(sub, record.options),
        };
      });
      // commander ignores the position of `--`. Only subcommands that are named before `--` are added,
      // because a program after `--` can have the name of a subcommand.
      const typed = row.subcommands?.filter(({ name }) => commandLine?.includes(name) ?? true) ?? [];
      if (typed.length > 0) addRows(sub, typed);
    }
    parent.hook('preSubcommand', async (_parent, sub) => {
      const record = await rows.find((row) => row.name === sub.name())?.load();
      if (record === undefined) return;
      loaded.set(sub.name(), record);
      define(sub, record, program, flow);
    });
  };
  // If the command line begins with the name of a command, only this command is added.
  const called = COMMANDS.filter(({ name }) => name === argv[0]);
  addRows(program, called.length === 0 ? COMMANDS : called);
  await program.parseAsync(argv, { from: 'user' });
  return parsed;
}

/**
 * Rejects options of the parent command: `fedctl sandbox status` does not use the options of `fedctl
 * sandbox`.
 */
function refuseOptionsOf(parent: Command, sub: Command): void {
  const given = parent.options.find(
    (option) => parent.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given === undefined) return;
  throw new FedctlError('usage.unknown-option', {
    message: `fedctl ${parent.name()} ${sub.name()} has no option ${given.long ?? given.flags}.`,
  });
}

/**
 * Defines the arguments, options and help of a command.
 *
 * @param flow a function that breaks the notes of the help into lines; null if help was not requested
 */
function define(
  sub: Command,
  record: AnyCommand,
  program: Command,
  flow: ((notes: string) => string) | null,
): void {
  if (record.arguments !== '') sub.arguments(record.arguments);
  addOptions(sub, record.options);
  sub.usage(`[options]${record.arguments === '' ? '' : ` ${record.arguments}`}`);
  const hidden = new Set<string>((record.without ?? []).map((key) => longFlag(COMMON_OPTIONS[key])));
  const common = program.options
    .filter(({ long }) => !hidden.has(long ?? ''))
    .map((option) => ofCommand(option, record));
  sub.configureHelp({ showGlobalOptions: true, visibleGlobalOptions: () => common });
  sub.addHelpText('before', `Examples:\n${record.examples.map((line) => `  $ ${line}`).join('\n')}\n`);
  if (record.notes !== undefined && flow !== null) sub.addHelpText('after', `\n${flow(record.notes)}`);
}

/**
 * Adapts a common option to the help of a command. In this help, `--output` lists the formats that the
 * command supports. Other options are unchanged.
 */
function ofCommand(option: Option, { formats }: AnyCommand): Option {
  if (formats === undefined || option.long !== '--output') return option;
  return new Option(
    option.flags,
    option.description.replace(
      'Output format, human or json (default: human)',
      `Output format: ${formats.join(', ')}; repeatable as <format>=<file>`,
    ),
  );
}

/** Returns a function that joins the lines of each paragraph and wraps them to the width of the help. */
async function flowTo(width: number): Promise<(notes: string) => string> {
  const wrap = await loadWrap();
  const flowed = (text: string) => wrap('', text.replaceAll('\n', ' '), width).join('\n');
  return (notes) => notes.trim().split(/\n\n+/).map(flowed).join('\n\n');
}

function addOptions(target: Command, table: OptionTable): void {
  for (const spec of Object.values(table)) {
    const variable = environmentName(spec);
    const option = new Option(
      spec.flags,
      variable === null ? spec.description : `${spec.description} [${variable}]`,
    );
    if (spec.repeatable)
      option.argParser((value: string, previous: readonly string[] | undefined) => [
        ...(previous ?? []),
        value,
      ]);
    target.addOption(option);
  }
}

function readOptions<Table extends OptionTable>(
  target: Command,
  table: Table,
  env: Context['env'],
): OptionValues<Table> {
  const values = Object.entries(table).map(([key, spec]) => [
    key,
    readOption(spec, given(target, spec), env),
  ]);
  // Each value was parsed with the spec of its option, so it has the type that this spec declares.
  return Object.fromEntries(values) as OptionValues<Table>;
}

function typedOptions(target: Command, table: OptionTable): ReadonlySet<string> {
  return new Set(Object.keys(table).filter((key) => given(target, table[key]) !== null));
}

/**
 * Returns the value of an option on the command line; null if the option is absent. commander returns true
 * for a switch (false for --no-x), a string for a value, and an array for a repeatable option.
 */
function given(target: Command, spec: OptionTable[string] | undefined): Given | null {
  if (spec === undefined) return null;
  const attribute = new Option(spec.flags).attributeName();
  if (target.getOptionValueSource(attribute) !== 'cli') return null;
  const value: unknown = target.getOptionValue(attribute);
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? [value] : true;
}
