import { Command, Option } from 'commander';
import type { Context } from '../lib/core/context.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { wrapped } from '../lib/render/wrap.ts';
import type { AnyCommand } from './command.ts';
import {
  environmentName,
  type Given,
  longFlag,
  type OptionTable,
  type OptionValues,
} from './options/option.ts';
import { readOption } from './options/source.ts';
import { COMMANDS, COMMON_OPTIONS, type CommandRow } from './program.ts';

/** What commander found: which command, its record, and what was given of each option. */
export interface Parsed {
  readonly command: AnyCommand;
  readonly args: readonly string[];
  readonly options: OptionValues<OptionTable>;
  /** The keys of the command's options that were given as flags. */
  readonly typed: ReadonlySet<string>;
}

/** What help and version print, and where. */
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
 * Reads the command line.
 *
 * @throws CommanderError for help, version and every usage fault; FedctlError usage.invalid-value
 */
export async function parse(
  argv: readonly string[],
  context: Context,
  output: ProgramOutput,
): Promise<Parsed | null> {
  let parsed: Parsed | null = null;
  const program = new Command('fedctl')
    .version(context.version, '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Print help')
    .usage('[options] <command>')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: output.writeOut,
      // Usage faults are thrown and told by main, in the face that was asked for.
      writeErr: () => {},
      getOutHelpWidth: () => output.width,
    })
    .addHelpText('before', INTRODUCTION)
    .addHelpText('after', '\nSee also "fedctl <command> --help" and "fedctl help exit-codes".');
  addOptions(program, COMMON_OPTIONS);
  const commandLine = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : null;
  /** Puts rows under a command. Whichever is called is loaded first, and then read by its own options. */
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
      // commander forgets where `--` stood, so a name that is the program to run must not be there to be found.
      const typed = row.subcommands?.filter(({ name }) => commandLine?.includes(name) ?? true) ?? [];
      if (typed.length > 0) addRows(sub, typed);
    }
    parent.hook('preSubcommand', async (_parent, sub) => {
      const record = await rows.find((row) => row.name === sub.name())?.load();
      if (record === undefined) return;
      loaded.set(sub.name(), record);
      define(sub, record, program, output.width);
    });
  };
  addRows(program, COMMANDS);
  await program.parseAsync(argv, { from: 'user' });
  return parsed;
}

/** What belongs to `fedctl sandbox` itself has no meaning for `fedctl sandbox status`. */
function refuseOptionsOf(parent: Command, sub: Command): void {
  const given = parent.options.find(
    (option) => parent.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given === undefined) return;
  throw new FedctlError('usage.unknown-option', {
    message: `fedctl ${parent.name()} ${sub.name()} has no option ${given.long ?? given.flags}.`,
  });
}

function define(sub: Command, record: AnyCommand, program: Command, width: number): void {
  if (record.arguments !== '') sub.arguments(record.arguments);
  addOptions(sub, record.options);
  sub.usage(`[options]${record.arguments === '' ? '' : ` ${record.arguments}`}`);
  const hidden = new Set<string>((record.without ?? []).map((key) => longFlag(COMMON_OPTIONS[key])));
  const common = program.options
    .filter(({ long }) => !hidden.has(long ?? ''))
    .map((option) => ofCommand(option, record));
  sub.configureHelp({ showGlobalOptions: true, visibleGlobalOptions: () => common });
  sub.addHelpText('before', `Examples:\n${record.examples.map((line) => `  $ ${line}`).join('\n')}\n`);
  if (record.notes !== undefined) sub.addHelpText('after', `\n${flowed(record.notes, width)}`);
}

/** A common option as the help of one command shows it: with the formats that this command has. */
function ofCommand(option: Option, { faces }: AnyCommand): Option {
  if (faces === undefined || option.long !== '--output') return option;
  return new Option(
    option.flags,
    option.description.replace(
      'Output format, human or json (default: human)',
      `Output format: ${faces.join(', ')}; repeatable as <format>=<file>`,
    ),
  );
}

/** Paragraphs, each of lines that go on in the next, wrapped by words to the width of the help. */
function flowed(notes: string, width: number): string {
  const paragraphs = notes.trim().split(/\n\n+/);
  return paragraphs.map((text) => wrapped('', text.replaceAll('\n', ' '), width).join('\n')).join('\n\n');
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
  // Every key of the table was read through its own spec just now.
  return Object.fromEntries(values) as OptionValues<Table>;
}

function typedOptions(target: Command, table: OptionTable): ReadonlySet<string> {
  return new Set(Object.keys(table).filter((key) => given(target, table[key]) !== null));
}

/** commander has true (or false, for --no-x) for a switch, a text for a value, a list for a repeatable option. */
function given(target: Command, spec: OptionTable[string] | undefined): Given | null {
  if (spec === undefined) return null;
  const attribute = new Option(spec.flags).attributeName();
  if (target.getOptionValueSource(attribute) !== 'cli') return null;
  const value: unknown = target.getOptionValue(attribute);
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? [value] : true;
}
