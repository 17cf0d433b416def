import { CommandError } from '../command-error.ts';
import { unsupported } from '../unsupported.ts';

/**
 * The POSIX character classes. Each class contains only ASCII characters, because MongoDB does not enable PCRE's
 * Unicode properties.
 */
const POSIX: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t\\n\\v\\f\\r',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`\\{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
};

const SPACE = ' \\t\\n\\v\\f\\r';
const START = '(?<![\\s\\S])';
const END = '(?![\\s\\S])';
const BEFORE_LAST_NEWLINE = '(?=\\n?(?![\\s\\S]))';

/** The escape sequences that have the same meaning in PCRE and JavaScript, even inside a character class. */
const SAME_ESCAPES = /^\\(?:[dDwW]|[tnrfv]|x[0-9a-fA-F]{2}|p\{[LMNPSZ][a-z]?\}|P\{[LMNPSZ][a-z]?\})/;
const PUNCTUATION = /^\\([^a-zA-Z0-9\s])/;
/** The characters that a backslash can escape in a JavaScript RegExp with the flag `u`. */
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;
const GROUPS = /^\((?:\?(?::|=|!|<=|<!|<[A-Za-z_]\w*>))?/;
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/;

/**
 * Translates a PCRE pattern to a JavaScript RegExp. Supports only syntax with an exact translation.
 *
 * @throws CommandError Location51091 for an invalid pattern; Location51108 for an unknown option; NotImplemented for
 * PCRE syntax that the lab does not translate
 */
export function compilePattern(pattern: string, options: string): RegExp {
  for (const option of options) {
    if (!'imsxu'.includes(option)) {
      throw new CommandError('Location51108', ` invalid flag in regex options: ${option}`);
    }
  }
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  const all = options + (inline?.[1] ?? '');
  const translation = new Translation(pattern.slice(inline?.[0].length ?? 0), all).text();
  try {
    return new RegExp(translation, all.includes('i') ? 'ui' : 'u');
  } catch {
    throw new CommandError('Location51091', 'Regular expression is invalid: syntax error');
  }
}

class Translation {
  #rest: string;
  readonly #options: string;

  constructor(pattern: string, options: string) {
    this.#rest = pattern;
    this.#options = options;
  }

  text(): string {
    let text = '';
    while (this.#rest !== '') text += this.#next();
    return text;
  }

  #next(): string {
    const [first = ''] = this.#rest;
    if (first === '\\') return this.#escape();
    if (first === '[') return this.#class();
    if (first === '(') return this.#match(GROUPS, 'this kind of group');
    if (QUANTIFIER.test(this.#rest)) return this.#quantifier();
    this.#rest = this.#rest.slice(first.length);
    if (first === '.') return this.#has('s') ? '[\\s\\S]' : '[^\\n]';
    if (first === '^') return this.#has('m') ? `(?:${START}|(?<=\\n)(?=[\\s\\S]))` : START;
    if (first === '$') return this.#has('m') ? '(?![^\\n])' : BEFORE_LAST_NEWLINE;
    if (this.#has('x')) {
      if (/\s/.test(first)) return '';
      if (first === '#') {
        this.#rest = this.#rest.replace(/^[^\n]*\n?/, '');
        return '';
      }
    }
    return first === '{' || first === '}' || first === ']' ? `\\${first}` : first;
  }

  #escape(): string {
    const anchor = /^\\([AzZbB])/.exec(this.#rest);
    if (anchor !== null) {
      this.#rest = this.#rest.slice(2);
      const meaning: Readonly<Record<string, string>> = { A: START, z: END, Z: BEFORE_LAST_NEWLINE };
      return meaning[anchor[1] ?? ''] ?? anchor[0];
    }
    return this.#escapedCharacter(`[${SPACE}]`, `[^${SPACE}]`);
  }

  #escapedCharacter(space: string, noSpace: string | null): string {
    const kind = this.#rest.slice(0, 2);
    if (kind === '\\s' || (kind === '\\S' && noSpace !== null)) {
      this.#rest = this.#rest.slice(2);
      return kind === '\\s' ? space : (noSpace ?? '');
    }
    const literal = PUNCTUATION.exec(this.#rest)?.[1];
    if (literal !== undefined) {
      this.#rest = this.#rest.slice(2);
      return SYNTAX.test(literal) ? `\\${literal}` : literal;
    }
    return this.#match(SAME_ESCAPES, `the escape sequence ${kind} in a regular expression`);
  }

  #class(): string {
    const opening = /^\[\^?\]?/.exec(this.#rest)?.[0] ?? '';
    this.#rest = this.#rest.slice(opening.length);
    let text = opening.endsWith(']') ? `${opening.slice(0, -1)}\\]` : opening;
    while (this.#rest !== '') {
      const [first = ''] = this.#rest;
      if (first === ']') {
        this.#rest = this.#rest.slice(1);
        return `${text}]`;
      }
      text += this.#inClass(first);
    }
    throw new CommandError(
      'Location51091',
      'Regular expression is invalid: missing terminating ] for character class',
    );
  }

  #inClass(first: string): string {
    const posix = /^\[:(\^?)(\w+):\]/.exec(this.#rest);
    if (posix !== null) {
      const members = POSIX[posix[2] ?? ''];
      if (members === undefined || posix[1] === '^') {
        throw unsupported('NotImplemented', `the character class ${posix[0]} in a regular expression`);
      }
      this.#rest = this.#rest.slice(posix[0].length);
      return members;
    }
    if (first === '\\') {
      const literal = /^\\-/.test(this.#rest);
      if (literal) {
        this.#rest = this.#rest.slice(2);
        return '\\-';
      }
      return this.#escapedCharacter(SPACE, null);
    }
    this.#rest = this.#rest.slice(first.length);
    return first === '[' ? '\\[' : first;
  }

  #quantifier(): string {
    const quantifier = this.#match(QUANTIFIER, 'this quantifier');
    if (/^\+/.test(this.#rest))
      throw unsupported('NotImplemented', 'possessive quantifiers in a regular expression');
    return quantifier;
  }

  #match(expected: RegExp, what: string): string {
    const found = expected.exec(this.#rest)?.[0];
    if (found === undefined) throw unsupported('NotImplemented', what);
    if (found === '(' && /^\([?*]/.test(this.#rest)) {
      throw unsupported('NotImplemented', `${what} in a regular expression: ${this.#rest.slice(0, 4)}`);
    }
    this.#rest = this.#rest.slice(found.length);
    return found;
  }

  #has(option: string): boolean {
    return this.#options.includes(option);
  }
}
