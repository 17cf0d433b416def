// This package replaces the function stripVTControlCharacters of node:util. The function takes quadratic time
// on Node.js 24 and 26 (nodejs/node#64319).
import stripAnsi from 'strip-ansi';
import { isRecord } from '../core/record.ts';

/** Matches a sequence of characters that a compact token may contain (RFC 7515, section 7.1). */
const RUN = /[\w.-]+/g;

/**
 * Matches invisible characters: NUL, the replacement character for an invalid UTF-8 byte, and format
 * characters. In UTF-16, the encoding of each ASCII character contains a NUL byte.
 */
const INVISIBLE = /[\0\ufffd\p{Cf}]/gu;

/**
 * The header of a token (RFC 7515 section 4.1, RFC 7516 section 4.1). `enc` identifies an encrypted token.
 */
interface Header {
  readonly alg?: unknown;
  readonly enc?: unknown;
}

/**
 * Extracts a token from surrounding text such as JSON, quotation marks, `Bearer` or a command line. Ignores
 * color codes, line breaks from a terminal, and the NUL characters of UTF-16 that was read as UTF-8.
 *
 * @returns the token if the text contains exactly one token. Otherwise, returns the text without surrounding
 * white space. `whatItIs` can describe the returned text.
 */
export function tokenIn(text: string): string {
  const visible = stripAnsi(text).replace(INVISIBLE, '').trim();
  const [token, ...more] = tokensIn(visible);
  const joined = isWrapped(visible) ? visible.replace(/\s+/g, '') : null;
  // If one line contains a complete token and the joined lines are a token too, the text is ambiguous.
  if (joined !== null && token === undefined && tokensIn(joined)[0] === joined) return joined;
  return token === undefined || more.length > 0 || joined !== null ? text.trim() : token;
}

/**
 * Describes a text that is not a token, without quoting the text.
 *
 * @returns the end of the sentence `The text is not a JWT: …`; null if the text has no known format
 */
export function whatItIs(text: string): string | null {
  if (text.includes('\0')) {
    const everySecond = text.split('\0').length - 1 >= text.length / 3;
    return everySecond ? 'it is UTF-16 instead of ASCII' : 'it has a NUL character';
  }
  if (text.startsWith('\ufeff')) return 'it starts with a byte order mark (U+FEFF)';
  if (stripAnsi(text) !== text) return 'it has terminal color codes';
  const [invisible] = text.match(/\p{Cf}/u) ?? [];
  if (invisible !== undefined) return `it has an invisible character (${codePoint(invisible)})`;
  const tokens = tokensIn(text);
  if (tokens.length > 1) return `it has ${tokens.length === 2 ? 'two' : tokens.length} tokens`;
  const json = parsed(text);
  if (typeof json === 'object' && json !== null) return aboutJson(json);
  if (/^\s*[{[]/.test(text)) return 'it starts like JSON, but is not valid JSON';
  if (/^\s*</.test(text)) return 'it is HTML or XML';
  if (/^-----BEGIN /.test(text)) return 'it is a PEM file: a key or a certificate';
  if (tokens[0] !== undefined && tokens[0] !== text) return aboutSurroundings(text);
  const [header, ...rest] = text.split('.');
  if (rest.length === 4 && headerOf(header)?.enc !== undefined)
    return 'it has five parts: it is an encrypted token (JWE), not a signed token';
  if (isWrapped(text) && headerOf(header) !== null) return 'it is split over several lines';
  return /^[\x21-\x7e]+$/.test(text) && rest.length === 0 ? 'it is an opaque token, without a dot' : null;
}

/**
 * Returns all signed tokens in a text, in order. A token has three parts, and the first part is the header of
 * a JWS.
 */
function tokensIn(text: string): readonly string[] {
  return (text.match(RUN) ?? []).flatMap((run) => {
    // A full stop after a token is punctuation and not part of the token.
    const candidate = run.split('.').length === 4 ? run.replace(/\.$/, '') : run;
    const parts = candidate.split('.');
    return parts.length === 3 && headerOf(parts[0]) !== null ? [candidate] : [];
  });
}

function headerOf(encoded: string | undefined): Header | null {
  const value = parsed(Buffer.from(encoded ?? '', 'base64url').toString());
  return isRecord(value) && 'alg' in value ? value : null;
}

/**
 * Returns whether `fold` or a terminal probably wrapped the text. In a wrapped text, the last line is shorter
 * and all other lines have the same length.
 */
function isWrapped(text: string): boolean {
  const lines = text.split(/\r?\n/);
  const width = lines[0]?.length ?? 0;
  return (
    lines.length > 1 &&
    lines.every(
      (line, index) =>
        /^[\w.-]+$/.test(line) && (index < lines.length - 1 ? line.length === width : line.length < width),
    )
  );
}

function aboutJson(json: object): string {
  const member = Object.entries(json).find(
    ([, value]) => typeof value === 'string' && tokensIn(value)[0] === value,
  );
  // The text is untrusted. The message contains the name of the member only if the name is short and has no
  // special characters.
  return member !== undefined && /^\w{1,40}$/.test(member[0])
    ? `it is JSON, with the token in its member ${member[0]}`
    : 'it is JSON';
}

function aboutSurroundings(text: string): string {
  if (tokensIn(text)[0] === text.replace(/\r?\n$/, '')) return 'it ends with a newline';
  if (tokensIn(text)[0] === text.trim()) return 'it has white space around the token';
  if (/^["'].*["']$/s.test(text)) return 'it is in quotation marks';
  if (/^(?:authorization:\s*)?bearer\s/i.test(text)) return 'it starts with "Bearer"';
  if (/^(?:export\s+)?\w+\s*=/.test(text)) return 'it starts with a name and an equals sign';
  return 'it has other text around the token';
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
