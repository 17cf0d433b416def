import { createHash } from 'node:crypto';

/** A planted secret, and its name in a report. */
export interface Canary {
  readonly name: string;
  readonly value: string;
}

/** The minimum length of a piece of a secret that counts as a leak, in characters. */
export const PIECE = 16;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Derives a secret from its name: the same in every run, and without a piece in common with another secret.
 *
 * @param length in characters
 * @param special characters to insert at every eleventh position, because encodings treat them differently
 */
export function secretFor(name: string, length = 48, special = ''): string {
  let text = '';
  for (let round = 0; text.length < length; round++) {
    for (const byte of createHash('sha256').update(`${name} ${round}`).digest()) {
      text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return [...text.slice(0, length)]
    .map((letter, at) =>
      special !== '' && at % 11 === 10 ? special[((at - 10) / 11) % special.length] : letter,
    )
    .join('');
}

/** The encodings in which a secret can appear in output. */
export const ENCODINGS = {
  plain: (text: string) => text,
  url: (text: string) => encodeURIComponent(text),
  json: (text: string) => JSON.stringify(JSON.stringify(text)).slice(1, -1),
  base64: (text: string) => Buffer.from(`user:${text}`).toString('base64'),
  base64url: (text: string) => Buffer.from(text).toString('base64url'),
  hex: (text: string) => Buffer.from(text).toString('hex'),
} as const;

export type Encoding = keyof typeof ENCODINGS;

/** The length and distance of the pieces that are searched for, in characters. */
const STRIDE = PIECE / 2;

/** Finds planted secrets in a text, including pieces and encoded forms. */
export class Detector {
  readonly #pieces = new Map<string, string>();
  readonly #strides = new Set<string>();

  constructor(canaries: readonly Canary[]) {
    for (const canary of canaries) this.add(canary);
  }

  /** @throws Error for a secret that is too short to be distinguished from other text */
  add({ name, value }: Canary): void {
    if (value.length < PIECE) throw new Error(`the canary ${name} is shorter than ${PIECE} characters`);
    for (let at = 0; at + PIECE <= value.length; at++) {
      const piece = value.slice(at, at + PIECE);
      if (!this.#pieces.has(piece)) this.#pieces.set(piece, name);
    }
    for (let at = 0; at + STRIDE <= value.length; at++) this.#strides.add(value.slice(at, at + STRIDE));
  }

  /** Returns the names of the secrets in a text. */
  find(text: string): readonly string[] {
    const found = new Set<string>();
    for (const view of views(text)) {
      // A piece of a secret covers at least one whole stride of the text.
      for (let at = 0; at + STRIDE <= view.length; at += STRIDE) {
        if (!this.#strides.has(view.slice(at, at + STRIDE))) continue;
        for (let from = Math.max(0, at - STRIDE); from <= at; from++) {
          const name = this.#pieces.get(view.slice(from, from + PIECE));
          if (name !== undefined) found.add(name);
        }
      }
    }
    return [...found];
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Decoders, each of which removes one encoding from a text. */
const READINGS: readonly ((text: string) => string)[] = [
  (text) => text.replace(/(?:%[0-9a-f]{2})+/gi, percentDecoded),
  (text) => text.replace(/\\(?:u([0-9a-f]{4})|u\{([0-9a-f]+)\}|(["\\/]))/gi, jsonDecoded),
  (text) => text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, entityDecoded),
  // Removes colors and folded lines.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would not show is what is looked for
  (text) => text.replace(/\u001b\[[0-9;]*m/g, '').replace(/\s+/g, ''),
  (text) => decodedRuns(text, /[0-9a-f]{32,}/gi, 2, 'hex'),
  (text) => decodedRuns(text, /[A-Za-z0-9+/]{20,}/g, 4, 'base64'),
  (text) => decodedRuns(text, /[A-Za-z0-9_-]{20,}/g, 4, 'base64url'),
];

/** Returns a text and all its decoded forms, including nested encodings. */
function views(text: string, depth = 2): ReadonlySet<string> {
  const seen = new Set([text]);
  let last: readonly string[] = [text];
  for (let round = 0; round < depth; round++) {
    const next = last.flatMap((view) => READINGS.map((read) => read(view)));
    last = [...new Set(next)].filter((view) => view.length >= PIECE && !seen.has(view));
    for (const view of last) seen.add(view);
  }
  return seen;
}

/** Decodes sequences of an alphabet in a text, from each offset at which a group of `group` characters can begin. */
function decodedRuns(text: string, run: RegExp, group: number, encoding: BufferEncoding): string {
  const runs = text.match(run) ?? [];
  return runs
    .flatMap((each) => [...Array(group).keys()].map((offset) => each.slice(offset)))
    .map((each) => Buffer.from(each, encoding).toString('latin1'))
    .join('\n');
}

function percentDecoded(run: string): string {
  return Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8');
}

function jsonDecoded(_all: string, unit?: string, point?: string, character?: string): string {
  const code = unit ?? point;
  return code === undefined ? (character ?? '') : characterOf(Number.parseInt(code, 16));
}

function entityDecoded(all: string, decimal?: string, hex?: string, name?: string): string {
  if (decimal !== undefined) return characterOf(Number(decimal));
  if (hex !== undefined) return characterOf(Number.parseInt(hex, 16));
  return ENTITIES[(name ?? '').toLowerCase()] ?? all;
}

function characterOf(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
