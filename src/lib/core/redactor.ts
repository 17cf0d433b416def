import { REDACTED, type Secret } from './secret.ts';

/** The minimum length, in characters, of a part of a long secret that the Redactor removes from a text. */
const PART = 16;

/**
 * The length of a block of a secret, in characters. A block starts every PART - BLOCK + 1 characters, so any PART
 * consecutive characters contain a complete block.
 */
const BLOCK = 8;

/**
 * The minimum length of a secret, in characters. Shorter secrets are not removed, because many texts contain
 * them by chance.
 */
const SHORTEST = 4;

/**
 * Removes the secrets of one run from texts. Removes each sequence of 16 or more characters of a secret,
 * unchanged or in URL, JSON, base64 or hex encoding. Removes a secret with fewer than 16 characters if it is a
 * whole word. The time is linear in the length of the text.
 */
export class Redactor {
  readonly #learned = new Set<string>();
  readonly #allowed = new Set<string>();
  #forms: Forms | null = null;

  /** Registers secrets. Must be called before a secret is sent anywhere. */
  learn(...secrets: readonly (Secret | null | undefined)[]): void {
    for (const secret of secrets) {
      const value = secret?.reveal().trim() ?? '';
      if (value.length < SHORTEST || this.#learned.has(value)) continue;
      this.#learned.add(value);
      this.#forms = null;
    }
  }

  /**
   * Registers texts that are not secret, such as access key IDs. They are not removed, even if they are part
   * of a secret. Some services include the access key ID in the session token.
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
   * @param disclosed secrets that the user requested; not removed where the text contains the complete secret
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

  /** Removes the secrets from every string in a value, including member names and list elements. */
  redactAll<Value>(value: Value, disclosed: readonly Secret[] = []): Value {
    // The type stays the same, because only strings change.
    return this.#learned.size === 0 ? value : (this.#redactedValue(value, disclosed) as Value);
  }

  #redactedValue(value: unknown, disclosed: readonly Secret[]): unknown {
    if (typeof value === 'string') return this.redact(value, disclosed);
    if (Array.isArray(value)) return value.map((each) => this.#redactedValue(each, disclosed));
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        // Short secrets are not removed from member names. fedctl defines most member names, and a short
        // secret may be a word such as "region".
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

/** The search patterns for the secrets. */
class Forms {
  /** Matches short secrets as whole words; null if there are no short secrets. */
  readonly words: RegExp | null;
  /** Long secrets, unchanged and in each encoding. */
  readonly #encoded: readonly string[];
  /** Long secrets in base64, in the standard alphabet. */
  readonly #base64: readonly string[];
  readonly #allowed: readonly string[];
  readonly #blocks: ReadonlySet<string>;
  readonly #base64Blocks: ReadonlySet<string>;
  #parts: ReadonlySet<string> | null = null;
  #base64Parts: ReadonlySet<string> | null = null;

  /** @param allowed texts that are not secret */
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
   * Returns false if the text contains no block of a secret, and therefore no part of a secret. This test is
   * fast, because a secret has nine times as many parts as blocks. The list of all parts is created only if this
   * test returns true, because creating the list for one token can take longer than the rest of a short run.
   */
  mayContainPart(text: string, base64: string): boolean {
    if (this.#encoded.length === 0) return false;
    for (let at = 0; at + BLOCK <= text.length; at += 1) {
      if (this.#blocks.has(text.slice(at, at + BLOCK))) return true;
      if (this.#base64Blocks.has(base64.slice(at, at + BLOCK))) return true;
    }
    return false;
  }

  /** All parts of the long secrets, unchanged and in each encoding. */
  get parts(): ReadonlySet<string> {
    if (this.#parts === null) {
      const harmless = new Set(this.#allowed.flatMap(partsOf));
      this.#parts = new Set(this.#encoded.flatMap(partsOf).filter((part) => !harmless.has(part)));
    }
    return this.#parts;
  }

  /** All parts of the base64 forms, in the standard alphabet. */
  get base64Parts(): ReadonlySet<string> {
    this.#base64Parts ??= new Set(this.#base64.flatMap(partsOf));
    return this.#base64Parts;
  }
}

/**
 * Returns a secret in all forms in which a text can contain it: unchanged, and encoded as in URLs, forms,
 * JSON and hex dumps.
 */
function encodings(secret: string): readonly string[] {
  // Buffer replaces unpaired surrogates, which encodeURIComponent would reject.
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
 * Returns the three base64 forms of a secret that is part of a longer encoded text. The form depends on the
 * offset of the secret in a group of three bytes. Omits the characters that depend on the surrounding text.
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

/** Converts the URL-safe alphabet of base64 to the standard alphabet. */
function usualAlphabet(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}
