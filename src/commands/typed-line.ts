import { Option } from 'commander';
import {
  type FedctlCommand,
  type Flag,
  quoted,
  type Settings,
  type SuggestedCommand,
} from '../lib/core/command-line.ts';
import type { Context } from '../lib/core/context.ts';
import { type FedctlError, isFedctlError } from '../lib/core/errors.ts';
import {
  type Given,
  longFlag,
  type OptionSpec,
  type OptionTable,
  type OptionValues,
} from './options/option.ts';
import { readOption, variableOf } from './options/source.ts';
import { COMMANDS, COMMON_OPTIONS } from './program.ts';
import type { Piece, Typed, TypedLine } from './typed.ts';
import { holdsToken } from './usage-failure.ts';

type Environment = Context['env'];

/**
 * Parses a command line as commander does, but never fails: it ignores unknown options.
 *
 * @param argv the arguments after the script's name
 */
export async function readTypedLine(argv: readonly string[]): Promise<TypedLine> {
  const common = specsOf(COMMON_OPTIONS);
  const words = wordsOf(piecesOf(argv, common));
  const row = COMMANDS.find(({ name }) => name === words[0]);
  const sub = row?.subcommands?.find(({ name }) => words.slice(1).includes(name));
  const rows = [row, sub].filter((each) => each !== undefined);
  const records = await Promise.all(rows.map((each) => each.load()));
  const specs = new Map([...common, ...records.flatMap(({ options }) => [...specsOf(options)])]);
  const pieces = piecesOf(argv, specs);
  return {
    command: rows.map(({ name }) => name),
    words: wordsOf(pieces),
    specs,
    pieces,
    rest: argv.includes('--') ? argv.slice(argv.indexOf('--')) : [],
  };
}

/**
 * Reorders a command line: options that precede the name of their command are moved after this name. Returns
 * null if the line has no such options.
 */
export async function withOptionsBehind(argv: readonly string[]): Promise<TypedLine | null> {
  for (const [index, word] of argv.entries()) {
    if (word === '--') return null;
    if (index === 0 || !COMMANDS.some(({ name }) => name === word)) continue;
    const line = await readTypedLine([word, ...argv.slice(0, index), ...argv.slice(index + 1)]);
    const flags = argv.slice(0, index).flatMap((each) => /^--[\w-]+/.exec(each)?.[0] ?? []);
    const isKnown = flags.every((flag) => line.specs.has(flag));
    if (isKnown && flags.some((flag) => !COMMON.has(flag))) return { ...line, isRearranged: true };
  }
  return null;
}

function wordsOf(pieces: readonly Piece[]): readonly string[] {
  return pieces.flatMap((piece) => (piece.kind === 'word' ? [piece.text] : []));
}

function specsOf(table: OptionTable): ReadonlyMap<string, OptionSpec<unknown>> {
  return new Map(Object.values(table).map((spec) => [longFlag(spec) as string, spec]));
}

function piecesOf(argv: readonly string[], specs: TypedLine['specs']): readonly Piece[] {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : [...argv];
  const pieces: Piece[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!word.startsWith('-') || word === '-') {
      pieces.push({ kind: 'word', text: word });
      continue;
    }
    const [name = '', ...parts] = word.split('=');
    const spec = specs.get(name);
    if (spec === undefined) continue;
    const { required, optional } = new Option(spec.flags);
    const takesNext = required || (optional && words[0]?.startsWith('-') === false);
    const value = parts.length > 0 ? parts.join('=') : takesNext ? words.shift() : undefined;
    if (required && value === undefined) continue;
    pieces.push({ kind: 'option', flag: name as Flag, spec, value: value ?? true });
  }
  return pieces;
}

/** The values of the common options. */
export interface CommonValues {
  readonly values: OptionValues<typeof COMMON_OPTIONS>;
  /** The keys of the common options on the command line. */
  readonly typed: ReadonlySet<string>;
  /**
   * The failure of the first invalid value; null if all values are valid. An option with an invalid value has
   * its default in `values`.
   */
  readonly fault: FedctlError | null;
}

/** Reads the common options. Never throws, because main needs these options to report a failure. */
export function readCommon(line: TypedLine, env: Environment): CommonValues {
  const values: Record<string, unknown> = {};
  const typed = new Set<string>();
  let fault: FedctlError | null = null;
  for (const [key, spec] of Object.entries<OptionSpec<unknown>>(COMMON_OPTIONS)) {
    const given = givenOf(line, longFlag(spec));
    if (given !== null) typed.add(key);
    try {
      values[key] = readOption(spec, given, env);
    } catch (error) {
      if (!isFedctlError(error)) throw error;
      fault ??= error;
      values[key] = spec.read(null);
    }
  }
  // Each value was read with the spec of its key, so it has the type of this spec.
  return { values: values as OptionValues<typeof COMMON_OPTIONS>, typed, fault };
}

function givenOf(line: TypedLine, flag: Flag): Given | null {
  const typed = typedValues(line, flag);
  if (typed.length === 0) return null;
  return typed.includes(true) ? true : typed.map(String);
}

/** Returns whether the environment sets an option of the command. */
export function isInEnvironment({ specs }: TypedLine, flag: Flag, env: Environment): boolean {
  const spec = specs.get(flag);
  return spec !== undefined && variableOf(spec, env) !== null;
}

/**
 * Returns the environment variable if it provides the value of an option. Otherwise returns the option
 * itself.
 */
export function sourceOf(line: TypedLine, flag: Flag, env: Environment): string {
  const spec = line.specs.get(flag);
  if (spec === undefined || typedValues(line, flag).length > 0) return flag;
  return variableOf(spec, env)?.name ?? flag;
}

/** Returns the values of an option on the command line, in order. */
export function typedValues({ pieces }: TypedLine, flag: Flag): readonly (string | true)[] {
  return pieces.flatMap((piece) => (piece.kind === 'option' && piece.flag === flag ? [piece.value] : []));
}

/**
 * Formats a suggested command as a command line for bash. Adds the options of the current command line.
 * Returns null if no command is suggested, or if a required value may contain a secret.
 */
export function commandLine(suggested: SuggestedCommand | null | undefined, typed: Typed): string | null {
  if (suggested === null || suggested === undefined) return null;
  const words = complete(suggested, typed);
  if (words === null) return null;
  // The same command has just failed, so it is not suggested again.
  return typed.line.isRearranged !== true && isTyped(words, typed.line) ? null : quoted(words);
}

function complete(suggested: SuggestedCommand, typed: Typed): readonly string[] | null {
  const { line, timeout, repeat } = typed;
  switch (suggested.kind) {
    case 'program':
      return suggested.words;
    case 'help':
      return ['fedctl', ...line.command, '--help'];
    case 'rerun':
      return changed(line, { ...repeat, ...suggested.set }, suggested.drop);
    case 'more-time':
      return timeout >= LONG ? null : changed(line, { ...repeat, '--timeout': `${LONG}s` }, []);
    case 'fedctl':
      return another(suggested, typed);
  }
}

/** Maximum timeout that a suggested command sets, in seconds. */
const LONG = 60;

/** Returns whether the words equal the words of the command line, in any order. */
function isTyped(words: readonly string[], line: TypedLine): boolean {
  const typed = changed(line, {}, []);
  return typed !== null && [...typed].sort().join('\0') === [...words].sort().join('\0');
}

/**
 * Returns the words of the command line with changed options.
 *
 * @param set the options to replace in place, or to add at the end
 * @param drop the options to remove
 * @returns null if the command does not support an option in `set`, or if a value may contain a secret
 */
function changed(line: TypedLine, set: Settings, drop: readonly Flag[]): readonly string[] | null {
  if (line.command.length === 0 || !Object.keys(set).every((flag) => line.specs.has(flag))) return null;
  const left = new Map(Object.entries(set) as [Flag, Settings[Flag]][]);
  const words = line.pieces.map((piece): readonly string[] | null => {
    if (piece.kind === 'word') return repeatable(piece.text) ? [piece.text] : null;
    if (drop.includes(piece.flag)) return [];
    if (!Object.hasOwn(set, piece.flag)) return repeated(piece, set);
    const value = left.get(piece.flag);
    left.delete(piece.flag);
    return value === undefined ? [] : option(piece.flag, value);
  });
  const added = [...left].map(([flag, value]) => option(flag, value));
  return whole([['fedctl'], ...words, ...added, line.rest]);
}

/**
 * Returns the words of a different fedctl command: `words`, and those common options and options in `keep` that the
 * user typed. Returns null if an option in `unless` was set.
 */
function another({ words, keep, unless }: FedctlCommand, typed: Typed): readonly string[] | null {
  const { line, given, common } = typed;
  const isTyped = (flag: Flag) => typedValues(line, flag).length > 0;
  if (unless.some((flag) => isTyped(flag) || given(flag))) return null;
  if (words.includes('--help')) return ['fedctl', ...words];
  const has = (flag: Flag) => words.includes(flag) || Object.hasOwn(common, flag);
  const kept = line.pieces.map((piece) => {
    if (piece.kind !== 'option' || has(piece.flag)) return [];
    if (!COMMON.has(piece.flag) && !keep.includes(piece.flag)) return [];
    // With --out, the file contains only the token, so the suggested command omits the output format.
    if (words.includes('--out') && (piece.flag === '--json' || piece.flag === '--output')) return [];
    // The suggested command keeps only `--output json`: human is the default, and only check has other formats.
    if (piece.flag === '--output' && piece.value !== 'json') return [];
    return repeated(piece, {});
  });
  const added = (Object.entries(common) as [Flag, Settings[Flag]][]).map(([flag, value]) =>
    option(flag, value),
  );
  return whole([['fedctl'], words, ...kept, ...added]);
}

const COMMON: ReadonlySet<string> = new Set(Object.values(COMMON_OPTIONS).map(longFlag));

function repeated(
  { flag, spec, value }: Piece & { readonly kind: 'option' },
  set: Settings,
): readonly string[] | null {
  if (value === true) return [flag];
  const shown = spec.repeated === undefined ? value : spec.repeated(value, set);
  return shown !== null && repeatable(shown) ? option(flag, shown) : null;
}

/**
 * Formats an option and its value as words. If the value starts with a hyphen, writes
 * `--option=value`, so that the value is not parsed as an option.
 */
function option(flag: Flag, value: Settings[Flag]): readonly string[] {
  if (value === true) return [flag];
  const values = typeof value === 'string' ? [value] : value;
  return values.flatMap((each) =>
    each.startsWith('-') && each !== '-' ? [`${flag}=${each}`] : [flag, each],
  );
}

/**
 * Returns whether it is safe to repeat a text in a suggested command. Tokens and URLs with credentials or a
 * query are never repeated.
 */
function repeatable(text: string): boolean {
  return !holdsToken(text) && !/:\/\/[^/\s]*@/.test(text) && !/^https?:\/\/[^?#]*[?#]/i.test(text);
}

function whole(parts: readonly (readonly string[] | null)[]): readonly string[] | null {
  const words: string[] = [];
  for (const part of parts) {
    if (part === null) return null;
    words.push(...part);
  }
  return words;
}
