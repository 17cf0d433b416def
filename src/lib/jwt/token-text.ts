// Not node:util's stripVTControlCharacters, which takes quadratic time on Node.js 24 and 26 (nodejs/node#64319).
import stripAnsi from 'strip-ansi';
import { isRecord } from '../core/record.ts';

/** Runs of the characters of a compact token (RFC 7515, section 7.1). */
const RUN = /[\w.-]+/g;

/**
 * Invisible characters: NUL, which UTF-16 has in every ASCII character, an invalid UTF-8 byte, format
 * characters.
 */
const INVISIBLE = /[\0\ufffd\p{Cf}]/gu;

/** RFC 7515 section 4.1 and RFC 7516 section 4.1: `enc` makes it an encrypted token. */
interface Header {
  readonly alg?: unknown;
  readonly enc?: unknown;
}

/**
 * Extracts the token from surrounding text: JSON, quotation marks, `Bearer`, a command line, colour codes,
 * UTF-16 that was read as UTF-8, line breaks of a terminal.
 *
 * @returns the token if there is exactly one; otherwise the text without surrounding white space, for
 * `whatItIs`
 */
export function tokenIn(text: string): string {
  const visible = stripAnsi(text).replace(INVISIBLE, '').trim();
  const [token, ...more] = tokensIn(visible);
  const joined = isWrapped(visible) ? visible.replace(/\s+/g, '') : null;
  // Ambiguous: one line contains a complete token, and the joined lines are a token too.
  if (joined !== null && token === undefined && tokensIn(joined)[0] === joined) return joined;
  return token === undefined || more.length > 0 || joined !== null ? text.trim() : token;
}

/**
 * Describes a text that is not a token, without repeating any of it.
 *
 * @returns words that follow `the text is no JWT:`; null when nothing more is known
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
    return 'it has five parts: it is an encrypted token (JWE), not a signed one';
  if (isWrapped(text) && headerOf(header) !== null) return 'it is split over several lines';
  return /^[\x21-\x7e]+$/.test(text) && rest.length === 0 ? 'it is an opaque token, without a dot' : null;
}

/** Returns every signed token in order: three parts, the first of which is the header of a JWS. */
function tokensIn(text: string): readonly string[] {
  return (text.match(RUN) ?? []).flatMap((run) => {
    // A full stop after a token belongs to the sentence.
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
 * Returns whether all lines have the same length and the last one is not longer, as `fold` and terminals wrap
 * them.
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
  // Only a plain name is repeated, because the text is untrusted.
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
