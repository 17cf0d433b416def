import { REDACTED, type Secret } from './secret.ts';

/** This many characters in a row of a secret reveal too much. */
const PART = 16;

/** Every part contains one of the blocks of this length that begin at each multiple of PART - BLOCK + 1. */
const BLOCK = 8;

/** A shorter secret protects nothing and occurs in many other texts. */
const SHORTEST = 4;

/**
 * Knows the secrets of one run and removes them from texts. It removes any part of 16 or more characters,
 * also in URL, JSON, base64 or hex encoding. A shorter secret is removed as a whole word. The time is linear
 * in the text, and zero until a secret is learned.
 */
export class Redactor {
  readonly #learned = new Set<string>();
  readonly #allowed = new Set<string>();
  #forms: Forms | null = null;

  /** Remembers secrets. Call it before a secret is sent anywhere. */
  learn(...secrets: readonly (Secret | null | undefined)[]): void {
    for (const secret of secrets) {
      const value = secret?.reveal().trim() ?? '';
      if (value.length < SHORTEST || this.#learned.has(value)) continue;
      this.#learned.add(value);
      this.#forms = null;
    }
  }

  /**
   * Remembers texts that are not secret, such as access key ids. They stay where they stand alone, even if a
   * secret contains them: some services put the id of a key into its session token.
   */
  allow(...texts: readonly string[]): void {
    for (const text of texts) {
      if (this.#allowed.has(text)) continue;
      this.#allowed.add(text);
      this.#forms = null;
    }
  }

  /**
   * Removes the secrets from a text.
   *
   * @param disclosed secrets that the user asked for; they stay where the complete secret appears
   */
  redact(text: string, disclosed: readonly Secret[] = []): string {
    if (this.#learned.size === 0) return text;
    return this.#redactAround(
      text,
      disclosed.map((secret) => secret.reveal()).filter((value) => value !== ''),
    );
  }

  #redactAround(text: string, [first, ...others]: readonly string[]): string {
    if (first === undefined) return this.#withoutWords(this.#withoutParts(text));
    return text
      .split(first)
      .map((piece) => this.#redactAround(piece, others))
      .join(first);
  }

  /** Removes the secrets from every text in a value: members, their names, and elements of lists. */
  redactAll<Value>(value: Value, disclosed: readonly Secret[] = []): Value {
    // Only texts change, so the type stays the same.
    return this.#learned.size === 0 ? value : (this.#redactedValue(value, disclosed) as Value);
  }

  #redactedValue(value: unknown, disclosed: readonly Secret[]): unknown {
    if (typeof value === 'string') return this.redact(value, disclosed);
    if (Array.isArray(value)) return value.map((each) => this.#redactedValue(each, disclosed));
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        // Most names are fedctl's own, and a short secret may be a word such as "region".
        this.#withoutParts(name),
        this.#redactedValue(member, disclosed),
      ]),
    );
  }

  get #known(): Forms {
    this.#forms ??= new Forms([...this.#learned], [...this.#allowed]);
    return this.#forms;
  }

  #withoutParts(text: string): string {
    if (text.length < PART) return text;
    const base64 = usualAlphabet(text);
    if (!this.#known.mayContainPart(text, base64)) return text;
    const { parts, base64Parts } = this.#known;
    let clean = '';
    let end = -1;
    for (let at = 0; at + PART <= text.length; at += 1) {
      if (!parts.has(text.slice(at, at + PART)) && !base64Parts.has(base64.slice(at, at + PART))) continue;
      if (at > end) clean += `${text.slice(Math.max(end, 0), at)}${REDACTED}`;
      end = at + PART;
    }
    return clean + text.slice(Math.max(end, 0));
  }

  #withoutWords(text: string): string {
    const { words } = this.#known;
    return words === null ? text : text.replace(words, REDACTED);
  }
}

/** The patterns to search for. */
class Forms {
  /** Short secrets as whole words; null without any. */
  readonly words: RegExp | null;
  /** Long secrets, unchanged and encoded. */
  readonly #encoded: readonly string[];
  /** Long secrets in base64, in the standard alphabet. */
  readonly #base64: readonly string[];
  readonly #allowed: readonly string[];
  readonly #blocks: ReadonlySet<string>;
  readonly #base64Blocks: ReadonlySet<string>;
  #parts: ReadonlySet<string> | null = null;
  #base64Parts: ReadonlySet<string> | null = null;

  /** @param allowed texts whose parts reveal nothing */
  constructor(secrets: readonly string[], allowed: readonly string[]) {
    const long = secrets.filter(({ length }) => length >= PART);
    const short = secrets.filter(({ length }) => length < PART);
    this.words = wordsOf(
      short.flatMap((secret) => [...encodings(secret), base64(secret), usualToUrl(base64(secret))]),
    );
    this.#encoded = long.flatMap(encodings);
    this.#base64 = long.flatMap(base64Forms);
    this.#allowed = allowed;
    this.#blocks = new Set(this.#encoded.flatMap(blocksOf));
    this.#base64Blocks = new Set(this.#base64.flatMap(blocksOf));
  }

  /**
   * Returns whether it is necessary to search for parts; false for most texts. There are nine times as many
   * parts as blocks, and listing the parts of one token takes longer than the rest of a short run.
   */
  mayContainPart(text: string, base64: string): boolean {
    if (this.#encoded.length === 0) return false;
    for (let at = 0; at + BLOCK <= text.length; at += 1) {
      if (this.#blocks.has(text.slice(at, at + BLOCK))) return true;
      if (this.#base64Blocks.has(base64.slice(at, at + BLOCK))) return true;
    }
    return false;
  }

  /** Each run of 16 characters of a long secret, unchanged and encoded. */
  get parts(): ReadonlySet<string> {
    if (this.#parts === null) {
      const harmless = new Set(this.#allowed.flatMap(partsOf));
      this.#parts = new Set(this.#encoded.flatMap(partsOf).filter((part) => !harmless.has(part)));
    }
    return this.#parts;
  }

  /** Each run of 16 characters of the base64 forms, in the standard alphabet. */
  get base64Parts(): ReadonlySet<string> {
    this.#base64Parts ??= new Set(this.#base64.flatMap(partsOf));
    return this.#base64Parts;
  }
}

/** Returns a secret unchanged, and as URLs, forms, JSON and hex dumps encode it. */
function encodings(secret: string): readonly string[] {
  // Half a surrogate pair cannot be encoded in a URL.
  const wellFormed = Buffer.from(secret).toString();
  const form = new URLSearchParams({ '': wellFormed }).toString().slice(1);
  const urls = [encodeURI(wellFormed), encodeURIComponent(wellFormed), form];
  const json = JSON.stringify(secret).slice(1, -1);
  const hex = Buffer.from(secret).toString('hex');
  return [
    ...new Set([
      secret,
      ...urls,
      ...urls.map((url) => url.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase())),
      json,
      json.replaceAll('/', '\\/'),
      hex,
      hex.toUpperCase(),
    ]),
  ];
}

/**
 * Returns the base64 forms of a secret at any position of a longer text: one for each offset in a group of
 * three bytes, without the characters that depend on the surrounding text.
 */
function base64Forms(secret: string): readonly string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const own = Math.floor((bytes.length * 8) / 6);
    return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), own);
  });
}

function blocksOf(text: string): readonly string[] {
  const blocks: string[] = [];
  for (let at = 0; at + BLOCK <= text.length; at += PART - BLOCK + 1) blocks.push(text.slice(at, at + BLOCK));
  return blocks;
}

function partsOf(text: string): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - PART + 1) }, (_, at) => text.slice(at, at + PART));
}

function wordsOf(forms: readonly string[]): RegExp | null {
  if (forms.length === 0) return null;
  const longestFirst = [...new Set(forms)].sort((one, other) => other.length - one.length);
  const escaped = longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${escaped.join('|')})(?![\\p{L}\\p{N}_])`, 'gu');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64').replace(/=+$/, '');
}

function usualToUrl(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

/** Converts base64 of either alphabet to the standard one. */
function usualAlphabet(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}
