import { basename } from 'node:path';
import { quoted } from '../../lib/core/command-line.ts';
import type { Context } from '../../lib/core/context.ts';
import { isFedctlError } from '../../lib/core/errors.ts';
import type { AnyCommand, Candidate } from '../command.ts';
import { longFlag, type OptionSpec, type ValueSource } from '../options/option.ts';
import { COMMANDS, COMMON_OPTIONS } from '../program.ts';
import { HELP_TOPICS } from '../topics/topics.ts';
import type { TypedLine } from '../typed.ts';
import { readTypedLine, typedValues } from '../typed-line.ts';

/** Placeholder for the word to complete. The parser needs the position of the word, not its text. */
const PLACE = 'x';

/**
 * Time limit for reading one AWS configuration file, in milliseconds. The limit is short, because the user
 * waits after pressing Tab.
 */
const FILE_TIMEOUT_MS = 1000;

/**
 * Returns completions for the last word of a command line. The shell filters them by the typed text, because
 * each shell has its own matching rules.
 *
 * @param words the words after `fedctl`; the last word is the word to complete and may be empty
 * @returns the candidates; empty if any text is valid, and the shell then completes file names
 */
export async function candidates(words: readonly string[], context: Context): Promise<readonly Candidate[]> {
  const [current = '', before] = [words.at(-1), words.slice(0, -1)];
  const divider = before.indexOf('--');
  if (divider !== -1) {
    const [program, ...rest] = words.slice(divider + 1);
    return rest.length > 0 && basename(program ?? '') === 'fedctl' ? candidates(rest, context) : [];
  }
  const line = await readTypedLine([...before, PLACE]);
  const found = await places(line, current, context);
  return found.filter(({ value }) => quoted([value]) !== null);
}

async function places(line: TypedLine, current: string, context: Context): Promise<readonly Candidate[]> {
  const last = line.pieces.at(-1);
  const command = await loaded(line);
  if (last?.kind === 'option' && !current.startsWith('-')) return valuesOf(last.spec, command, context);
  if (!current.startsWith('-')) return wordsOf(line, command, context);
  const [, flag = ''] = /^(--[a-z-]+)=/.exec(current) ?? [];
  const spec = line.specs.get(flag);
  if (spec === undefined) return optionsOf(line, command);
  const values = await valuesOf(spec, command, context);
  return values.map(({ value, description }) => ({ value: `${flag}=${value}`, description }));
}

/** Loads the command in the line. Returns null if the line names no command. */
async function loaded({ command: [name, sub] }: TypedLine): Promise<AnyCommand | null> {
  const row = COMMANDS.find((each) => each.name === name);
  return (await (row?.subcommands?.find((each) => each.name === sub) ?? row)?.load()) ?? null;
}

/** Returns completions for a word that is not an option: commands, subcommands or arguments. */
async function wordsOf(
  line: TypedLine,
  command: AnyCommand | null,
  context: Context,
): Promise<readonly Candidate[]> {
  const typed = line.words.slice(line.command.length, -1);
  if (command === null) {
    if (typed.length === 0) return [...named(COMMANDS), HELP_COMMAND];
    return typed.length === 1 && typed[0] === 'help' ? [...named(COMMANDS), ...named(HELP_TOPICS)] : [];
  }
  const [name, sub] = line.command;
  const subcommands = COMMANDS.find((row) => row.name === name)?.subcommands ?? [];
  if (sub === undefined && subcommands.length > 0) return typed.length === 0 ? named(subcommands) : [];
  if (command.arguments === '') return optionsOf(line, command);
  return typed.length === 0 ? fromSource(command.values, context) : [];
}

const HELP_COMMAND: Candidate = { value: 'help', description: 'print the help of a command or a topic' };

const named = (rows: readonly { readonly name: string; readonly summary: string }[]): readonly Candidate[] =>
  rows.map(({ name, summary }) => ({ value: name, description: summary }));

/** Returns the options that can be added to the line. */
function optionsOf(line: TypedLine, command: AnyCommand | null): readonly Candidate[] {
  const hidden = new Set<string>((command?.without ?? []).map((key) => longFlag(COMMON_OPTIONS[key])));
  const left = [...line.specs.values()].filter((spec) => {
    const flag = longFlag(spec);
    return !hidden.has(flag) && (spec.repeatable || typedValues(line, flag).length === 0);
  });
  return [
    ...left.map((spec) => ({ value: longFlag(spec), description: spec.description })),
    { value: '--help', description: 'print help' },
    { value: '--version', description: 'print the version' },
  ];
}

async function valuesOf(
  spec: OptionSpec<unknown>,
  command: AnyCommand | null,
  context: Context,
): Promise<readonly Candidate[]> {
  const isOutput = longFlag(spec) === longFlag(COMMON_OPTIONS.output);
  return fromSource(isOutput ? (command?.formats ?? ['human', 'json']) : spec.values, context);
}

async function fromSource(source: ValueSource | undefined, context: Context): Promise<readonly Candidate[]> {
  if (typeof source === 'string') return SOURCES[source](context);
  return (source ?? []).map((value) => ({ value, description: '' }));
}

/** The functions that load a list of completions. The option tables contain only the names of these lists. */
const SOURCES: Readonly<
  Record<Extract<ValueSource, string>, (context: Context) => Promise<readonly Candidate[]>>
> = {
  async checks() {
    const { CATALOGUE } = await import('../../lib/check/catalogue.ts');
    const groups = [...new Set(CATALOGUE.map(({ id }) => id.slice(0, id.indexOf('.'))))];
    return [
      ...groups.map((value) => ({ value, description: `all ${value} checks` })),
      ...CATALOGUE.map(({ id, title }) => ({ value: id, description: title })),
    ];
  },
  async codes() {
    const { CODES, pageOf } = await import('../../lib/failures/pages.ts');
    return CODES.map((value) => ({ value, description: pageOf(value).title }));
  },
  async scenarios() {
    const { SCENARIOS } = await import('../../sandbox/scenarios/scenarios.ts');
    return SCENARIOS.map(({ name, title }) => ({ value: name, description: title }));
  },
  async profiles(context) {
    const { readSharedFiles } = await import('../../lib/aws/shared-files.ts');
    try {
      const { profileNames } = await readSharedFiles(context, FILE_TIMEOUT_MS);
      return profileNames.map((value) => ({ value, description: '' }));
    } catch (error) {
      // Completion ignores invalid AWS files. The completed command reports these files when it runs.
      if (isFedctlError(error)) return [];
      throw error;
    }
  },
};
