import { Option } from 'commander';
import {
  type FedctlCommand,
  type Flag,
  type OfferedCommand,
  quoted,
  type Settings,
} from '../lib/core/command-line.ts';
import type { Context } from '../lib/core/context.ts';
import { isFedctlError } from '../lib/core/errors.ts';
import {
  environmentName,
  longFlag,
  type OptionSpec,
  type OptionTable,
  type OptionValues,
} from './options.ts';
import { COMMANDS, COMMON_OPTIONS } from './program.ts';
import { holdsToken } from './usage-failure.ts';

type Environment = Context['env'];

/** One piece of a command line, in its place. */
type Piece =
  | { readonly kind: 'word'; readonly text: string }
  | {
      readonly kind: 'option';
      readonly flag: Flag;
      readonly spec: OptionSpec<unknown>;
      /** As it was typed; true for a switch, and for an option whose value was left out. */
      readonly value: string | true;
    };

/** What was typed: options and arguments in their order, and the words of the command among them. */
export interface TypedLine {
  /** `['sandbox', 'status']`; empty where no command is named. */
  readonly command: readonly string[];
  /** The options that the command knows, common ones too. */
  readonly specs: ReadonlyMap<string, OptionSpec<unknown>>;
  readonly pieces: readonly Piece[];
  /** `--` and what follows it. */
  readonly rest: readonly string[];
}

/**
 * Takes a command line apart as commander does, but never fails: options that the command does not know are left out.
 *
 * @param argv the arguments after the script's name
 */
export async function readTypedLine(argv: readonly string[]): Promise<TypedLine> {
  const common = specsOf(COMMON_OPTIONS);
  const words = piecesOf(argv, common).flatMap((piece) => (piece.kind === 'word' ? [piece.text] : []));
  const row = COMMANDS.find(({ name }) => name === words[0]);
  const sub = row?.subcommands?.find(({ name }) => words.slice(1).includes(name));
  const rows = [row, sub].filter((each) => each !== undefined);
  const records = await Promise.all(rows.map((each) => each.load()));
  const specs = new Map([...common, ...records.flatMap(({ options }) => [...specsOf(options)])]);
  return {
    command: rows.map(({ name }) => name),
    specs,
    pieces: piecesOf(argv, specs),
    rest: argv.includes('--') ? argv.slice(argv.indexOf('--')) : [],
  };
}

function specsOf(table: OptionTable): ReadonlyMap<string, OptionSpec<unknown>> {
  return new Map(Object.values(table).map((spec) => [longFlag(spec), spec]));
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

/** What the common options come to: a value that none can have counts as absent, for the parse refuses it. */
export function commonOptions(line: TypedLine, env: Environment): OptionValues<typeof COMMON_OPTIONS> {
  const values = Object.entries(COMMON_OPTIONS).map(([key, spec]: [string, OptionSpec<unknown>]) => {
    const flag = longFlag(spec) as Flag;
    const typed = typedValues(line, flag);
    const variable = env[environmentName(spec) ?? ''] ?? '';
    const given = typed.includes(true) ? true : typed.length > 0 ? typed.map(String) : null;
    try {
      return [key, spec.read(given ?? (variable === '' ? null : [variable]), flag)];
    } catch (error) {
      if (!isFedctlError(error)) throw error;
      return [key, spec.read(null, flag)];
    }
  });
  // Every key of the table was read through its own spec just now.
  return Object.fromEntries(values) as OptionValues<typeof COMMON_OPTIONS>;
}

/** Whether an option that the command knows has its value from the environment. */
export function isInEnvironment({ specs }: TypedLine, flag: Flag, env: Environment): boolean {
  const spec = specs.get(flag);
  const variable = spec === undefined ? null : environmentName(spec);
  return variable !== null && (env[variable] ?? '') !== '';
}

/** The values that were typed for an option, in their order. */
export function typedValues({ pieces }: TypedLine, flag: Flag): readonly (string | true)[] {
  return pieces.flatMap((piece) => (piece.kind === 'option' && piece.flag === flag ? [piece.value] : []));
}

/** What is known of an invocation where a command is completed. */
export interface Typed {
  readonly line: TypedLine;
  /** Seconds that each network step has. */
  readonly timeout: number;
  /** Whether an option has a value that is not on the command line: from the environment or from a target's entry. */
  given(flag: Flag): boolean;
  /** What a command of fedctl needs beside what was typed, such as the target of a file that it is about. */
  readonly repeat: Settings;
  /** The same for another command of fedctl. */
  readonly common: Settings;
}

/**
 * Completes a command that is offered and quotes it for bash. Nothing secret is repeated: where a value that has to be
 * repeated may hold a secret, nothing is offered.
 */
export function commandLine(offered: OfferedCommand | null | undefined, typed: Typed): string | null {
  if (offered === null || offered === undefined) return null;
  const words = complete(offered, typed);
  // What was typed just now has just failed.
  return words === null || isTyped(words, typed.line) ? null : quoted(words);
}

function complete(offered: OfferedCommand, typed: Typed): readonly string[] | null {
  const { line, timeout, repeat } = typed;
  switch (offered.kind) {
    case 'program':
      return offered.words;
    case 'help':
      return ['fedctl', ...line.command, '--help'];
    case 'rerun':
      return changed(line, { ...repeat, ...offered.set }, offered.drop);
    case 'more-time':
      return timeout >= LONG ? null : changed(line, { ...repeat, '--timeout': `${LONG}s` }, []);
    case 'fedctl':
      return another(offered, typed);
  }
}

/** Seconds that a network step may take. Whoever waited so long in vain is not told to wait again. */
const LONG = 60;

/** Whether these are the words of the line, in any order of its options. */
function isTyped(words: readonly string[], line: TypedLine): boolean {
  const typed = changed(line, {}, []);
  return typed !== null && [...typed].sort().join('\0') === [...words].sort().join('\0');
}

/**
 * The pieces as they were typed, with options replaced in their place, added at the end, or left out.
 *
 * @returns null for an option that the command does not have, and for a value that may hold a secret
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

/** Another command of fedctl, with the common options that were typed and those that it is said to keep. */
function another({ words, keep, unless }: FedctlCommand, typed: Typed): readonly string[] | null {
  const { line, given, common } = typed;
  const isTyped = (flag: Flag) => typedValues(line, flag).length > 0;
  if (unless.some((flag) => isTyped(flag) || given(flag))) return null;
  if (words.includes('--help')) return ['fedctl', ...words];
  const has = (flag: Flag) => words.includes(flag) || Object.hasOwn(common, flag);
  const kept = line.pieces.map((piece) => {
    if (piece.kind !== 'option' || has(piece.flag)) return [];
    if (!COMMON.has(piece.flag) && !keep.includes(piece.flag)) return [];
    // A file gets the token as a program reads it, whatever the format of the answer was.
    if (words.includes('--out') && (piece.flag === '--json' || piece.flag === '--output')) return [];
    // Only check has more ways to answer than these, and human is the usual one.
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

/** What looks like an option stands behind an equals sign, so that it stays a value. */
function option(flag: Flag, value: Settings[Flag]): readonly string[] {
  if (value === true) return [flag];
  const values = typeof value === 'string' ? [value] : value;
  return values.flatMap((each) =>
    each.startsWith('-') && each !== '-' ? [`${flag}=${each}`] : [flag, each],
  );
}

/** A token, and credentials or a query in a URL, are never repeated. */
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
