import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { shellWord } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import { isFedctlError } from '../core/errors.ts';
import { systemCode } from '../core/system-error.ts';
import { readBoundedFile } from '../files/bounded-file.ts';
import { type IniFile, overlaid, readIni, type Section, withoutComment } from './ini.ts';
import { shellWords } from './shell-words.ts';

/**
 * The maximum size of a file, in bytes. Organizations with thousands of accounts have files of about one
 * megabyte.
 */
const MAX_BYTES = 8 * 1024 * 1024;

/** The settings of one profile in the AWS config and credentials files. */
export interface Profile {
  /** The merged settings of both files. The credentials file takes precedence. */
  readonly settings: Section;
  /**
   * Only the settings in the credentials file; empty if this file does not contain the profile. These
   * settings are stored separately, because all parts of an access key must come from one file.
   */
  readonly inCredentials: Section;
  readonly inConfig: Section;
}

/** The content of the AWS config and credentials files (facts/aws.md 7.3). A missing file counts as empty. */
export interface SharedFiles {
  readonly configPath: string;
  readonly credentialsPath: string;
  /** The sorted names of all profiles in the two files. */
  readonly profileNames: readonly string[];
  /** Sentences about files that exist but could not be read completely. */
  readonly faults: readonly string[];
  /**
   * The faults that cause the AWS CLI to fail, and the faults in files that an environment variable
   * specifies. If such a fault exists, the intended credentials are unknown.
   */
  readonly severe: readonly string[];
  /** Sentences about files that an environment variable specifies but that do not exist. */
  readonly missing: readonly string[];
  profile(name: string): Profile | null;
  /**
   * Returns the section that a profile specifies in its setting `sso_session`. `written` is the value of this
   * setting. A comment after the name of the section is ignored. `services` and `sourceProfile` do the same
   * for the settings `services` and `source_profile`.
   */
  ssoSession(written: string): Named<Section> | null;
  services(written: string): Named<Section> | null;
  sourceProfile(written: string): Named<Profile> | null;
  /**
   * Returns a section that is probably intended for this profile but has a misspelled header; null if the
   * files contain no such section.
   */
  misspelt(name: string): Misspelling | null;
}

export interface Named<Value> {
  readonly name: string;
  readonly value: Value;
}

export interface Misspelling {
  /** A sentence that describes the fault. */
  readonly fault: string;
  readonly remedy: string;
}

/**
 * Reads the config and credentials files. Their paths are in AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE;
 * the default directory is `~/.aws`. Each file is read once, because it may be a pipe.
 *
 * @param timeoutMs the time limit for reading each file, in milliseconds
 * @throws FedctlError usage.unreadable-input for a file that is too large, or a pipe without a writer; the
 * abort reason, if the signal is aborted
 */
export async function readSharedFiles(
  context: Pick<Context, 'env' | 'home' | 'cwd' | 'signal'>,
  timeoutMs: number,
): Promise<SharedFiles> {
  const [config, credentials] = await Promise.all([
    readSharedFile('AWS_CONFIG_FILE', 'config', context, timeoutMs),
    readSharedFile('AWS_SHARED_CREDENTIALS_FILE', 'credentials', context, timeoutMs),
  ]);
  const inConfig = sectionsOf(config.file, 'profile');
  const inCredentials = credentials.file.sections;
  const sessions = sectionsOf(config.file, 'sso-session');
  const services = sectionsOf(config.file, 'services');
  const profile = (name: string): Profile | null => {
    const [first, second] = [inConfig.get(name), inCredentials.get(name)];
    if (first === undefined && second === undefined) return null;
    return {
      settings: overlaid(first, second ?? {}),
      inConfig: first ?? {},
      inCredentials: second ?? {},
    };
  };
  const both = [config, credentials];
  return {
    configPath: config.path,
    credentialsPath: credentials.path,
    profileNames: [...new Set([...inConfig.keys(), ...inCredentials.keys()])].sort(),
    faults: both.flatMap(({ fault }) => fault ?? []),
    severe: both.flatMap(({ fault, isSevere }) => (isSevere ? (fault ?? []) : [])),
    missing: both.flatMap(({ missing }) => missing ?? []),
    profile,
    ssoSession: (written) => named(written, (name) => sessions.get(name)),
    services: (written) => named(written, (name) => services.get(name)),
    sourceProfile: (written) => named(written, profile),
    misspelt: (name) =>
      misspelt(name, config, name === 'default' ? '[default]' : `[profile ${shellWord(name)}]`) ??
      misspelt(name, credentials, `[${name}]`),
  };
}

interface SharedFile {
  readonly path: string;
  readonly file: IniFile;
  readonly fault?: string;
  readonly isSevere?: boolean;
  readonly missing?: string;
}

const EMPTY: IniFile = { sections: new Map(), unknownLines: [] };

async function readSharedFile(
  variable: string,
  name: string,
  { env, home, cwd, signal }: Pick<Context, 'env' | 'home' | 'cwd' | 'signal'>,
  timeoutMs: number,
): Promise<SharedFile> {
  const setting = env[variable] ?? '';
  const isNamed = setting !== '';
  const path = isNamed ? resolve(cwd, expanded(setting, env, home)) : join(home, '.aws', name);
  const shown = path;
  try {
    const file = readIni(await readBoundedFile(path, MAX_BYTES, signal, timeoutMs));
    return { path, file, ...faultIn(file, shown) };
  } catch (error) {
    if (signal.aborted || !isFedctlError(error)) throw error;
    const code = systemCode(error.cause);
    // ENOTDIR means that a parent directory in the path is a file. So the requested file does not exist.
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    if (isMissing && isNamed) {
      return { path, file: EMPTY, missing: `${variable} specifies ${shown}, which does not exist.` };
    }
    // In many containers, the user has no access to the home directory. AWS tools treat the files in this
    // directory as missing.
    const isThere = await stat(path).catch(() => null);
    if (isMissing || (isThere === null && !isNamed)) return { path, file: EMPTY };
    if (code === '' && !isThere?.isDirectory()) throw error;
    return { path, file: EMPTY, fault: error.message, isSevere: isNamed };
  }
}

function faultIn({ sections, unknownLines }: IniFile, shown: string) {
  if (unknownLines.length === 0) return {};
  const [first] = unknownLines;
  const lines = unknownLines.length === 1 ? '' : ` (and ${unknownLines.length - 1} more)`;
  return {
    isSevere: true,
    fault:
      sections.size === 0
        ? `${shown} has no section that AWS tools recognize, such as [default].`
        : `${shown}, line ${first}${lines}, is neither a section nor a setting.`,
  };
}

/**
 * Finds the section whose name is the value of a setting. Tries the complete value first, because the name
 * may contain text that looks like a comment.
 */
function named<Value>(
  written: string,
  find: (name: string) => Value | null | undefined,
): Named<Value> | null {
  for (const name of [written, withoutComment(written)]) {
    const value = find(name) ?? null;
    if (value !== null) return { name, value };
  }
  return null;
}

/**
 * Expands `~` and environment variables in a path, as the AWS CLI does. A reference to a variable that is not
 * set stays unchanged.
 */
export function expanded(path: string, env: Context['env'], home: string): string {
  return path
    .replace(/\$(?:(\w+)|\{([^}]*)\})/g, (all, plain?: string, braced?: string) => {
      const name = plain ?? braced ?? '';
      return env[name] ?? all;
    })
    .replace(/^~(?=\/|$)/, home);
}

/**
 * Returns all sections of one kind. The sections of the kind `profile` are `[default]` and sections such as
 * `[profile foo]` and `[profile "foo bar"]`. The key of a section is its name, such as `foo bar`. As in
 * botocore, the first word of a header only has to start with the kind: `[profiles foo]` is also a profile.
 * If two headers contain the same name, the later section is used.
 */
function sectionsOf(
  { sections }: IniFile,
  kind: 'profile' | 'sso-session' | 'services',
): Map<string, Section> {
  const found = new Map<string, Section>();
  for (const [header, section] of sections) {
    const words = header.startsWith(kind) ? shellWords(header) : null;
    const [, name, ...more] = words ?? [];
    if (name !== undefined && more.length === 0) found.set(name, section);
    else if (kind === 'profile' && header === 'default') found.set('default', section);
  }
  return found;
}

/**
 * Finds a section whose header contains the name of the profile but is misspelled. Returns null if the file
 * contains no such section.
 *
 * @param right the correct header for the section in this file
 */
function misspelt(name: string, { path, file }: SharedFile, right: string): Misspelling | null {
  const header = [...file.sections.keys()].find((each) => plainName(each) === plainName(name));
  if (header === undefined || `[${header}]` === right) return null;
  const [wrong, shown] = [`[${header}]`, path];
  return {
    fault: `${shown} has a section ${wrong}, but in this file, AWS tools do not read it as the profile "${name}".`,
    remedy: `Write ${right} instead of ${wrong} in ${shown}.`,
  };
}

function plainName(header: string): string {
  return header
    .trim()
    .replace(/^profile\s+/i, '')
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim();
}
