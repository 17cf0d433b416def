/**
 * The settings of a section. A key is the name of the setting in lower case. The key of a nested setting
 * contains a dot: `sts.endpoint_url`.
 */
export type Section = Readonly<Record<string, string | undefined>>;

export interface IniFile {
  /**
   * The sections in the order of the file. The key is the text between the brackets of the section header.
   */
  readonly sections: ReadonlyMap<string, Section>;
  /**
   * The line numbers of the invalid lines. The first line is 1. The text of the lines is not stored, because
   * it may contain a secret.
   */
  readonly unknownLines: readonly number[];
}

/**
 * Settings whose values are command lines, paths or section names. The parser does not remove comments from
 * these values, because `#` and `;` may be part of a value.
 */
const WHOLE = new Set([
  'credential_process',
  'web_identity_token_file',
  'ca_bundle',
  'source_profile',
  'sso_session',
  'services',
]);

/**
 * Matches a section header, `[name]`. A comment may follow the header. As in the Python parser, any other
 * text may follow too.
 */
const HEADER = /^\[(.+?)\]\s*(?:[#;].*)?$|^\[(.+)\]/;
const SETTING = /^([^=:]*?)\s*[=:]\s*(.*)$/;

/**
 * Parses an AWS config or credentials file by the rules of botocore, which uses the Python class
 * `RawConfigParser`:
 *
 * - A line is a comment if its first character, apart from white space, is `#` or `;`.
 * - A setting is `name = value` or `name: value`; its name is not case-sensitive.
 * - A line with a deeper indentation than the setting above belongs to that setting. If that setting has no
 *   value, the line is a nested setting. Otherwise, the line continues the value.
 * - Settings in `[DEFAULT]` (in capitals) apply to every section.
 *
 * Like other AWS tools, this parser also accepts some files and values that botocore rejects:
 *
 * - A byte order mark is skipped, and an invalid line is reported and skipped.
 * - A comment may follow a value that cannot contain white space: `region = eu-west-1 # Ireland`.
 * - An indented header begins a section.
 * - Below a setting that has a value, an indented `name = value` is a separate setting. It does not continue the value.
 * - A section or a setting may occur twice, and the last occurrence takes precedence (see `overlaid`).
 */
export function readIni(text: string): IniFile {
  const sections = new Map<string, Section>();
  const unknownLines: number[] = [];
  let header: string | null = null;
  let settings: Setting[] = [];
  let level = 0;
  const endSection = () => {
    if (header !== null) sections.set(header, overlaid(sections.get(header), valuesOf(settings)));
  };
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n?|\n/)
    .entries()) {
    const content = line.trim();
    if (content === '' || /^[#;]/.test(content)) continue;
    const [, commented, plain] = HEADER.exec(content) ?? [];
    const indent = line.search(/\S/);
    const setting = settings.at(-1);
    if (commented !== undefined || plain !== undefined) {
      endSection();
      header = commented ?? plain ?? '';
      settings = [];
      level = indent;
    } else if (setting !== undefined && indent > level && belongsTo(setting, content)) {
      setting.below.push(content);
      if (isParent(setting) && settingOf(content) === null) unknownLines.push(index + 1);
    } else {
      const read = settingOf(content);
      if (read === null || header === null) unknownLines.push(index + 1);
      else settings.push({ ...read, below: [] });
      level = indent;
    }
  }
  endSection();
  const everywhere = sections.get('DEFAULT');
  sections.delete('DEFAULT');
  return {
    sections: new Map([...sections].map(([name, own]) => [name, overlaid(everywhere, own)])),
    unknownLines,
  };
}

interface Setting {
  readonly name: string;
  readonly value: string;
  /** The indented lines below the setting. */
  readonly below: string[];
}

function settingOf(content: string): Omit<Setting, 'below'> | null {
  const [, name = '', value = ''] = SETTING.exec(content) ?? [];
  const key = name.toLowerCase();
  return key === '' ? null : { name: key, value: WHOLE.has(key) ? value : withoutComment(value) };
}

/**
 * Returns true if the indented lines below a setting are nested settings, and false if the lines continue the
 * value.
 */
function isParent({ name, value }: Setting): boolean {
  return value === '' && !WHOLE.has(name);
}

function belongsTo(setting: Setting, content: string): boolean {
  return isParent(setting) || WHOLE.has(setting.name) || !/^\w+\s*[=:]/.test(content);
}

function valuesOf(settings: readonly Setting[]): Section {
  const values = settings.flatMap((setting): [string, string][] => {
    const { name, value, below } = setting;
    if (!isParent(setting)) return [[name, [value, ...below].join('\n').trim()]];
    const inner = below.map(settingOf).filter((each) => each !== null);
    return [[name, ''], ...inner.map((each): [string, string] => [`${name}.${each.name}`, each.value])];
  });
  return Object.fromEntries(values);
}

/** Removes a trailing comment from a value, as the JavaScript SDK does. */
export function withoutComment(value: string): string {
  return value.split(/(?:^|\s)[#;]/, 1)[0]?.trim() ?? '';
}

export const KEY_PAIR = ['aws_access_key_id', 'aws_secret_access_key'] as const;
const KEYS = new Set([...KEY_PAIR, 'aws_session_token', 'aws_security_token']);

/**
 * Merges two sections. Settings in the second section take precedence. If the second section contains a key
 * ID or a secret, the key ID, secret and token in the first section are ignored, because the three values
 * belong together.
 */
export function overlaid(first: Section | undefined, second: Section): Section {
  const hasKeys = KEY_PAIR.some((name) => second[name] !== undefined);
  const kept = Object.entries(first ?? {}).filter(([name]) => !(hasKeys && KEYS.has(name)));
  return Object.fromEntries([...kept, ...Object.entries(second)]);
}
