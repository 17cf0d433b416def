/** A seeded random number generator (xorshift32). The same seed gives the same numbers, to reproduce a fault. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    // A state of zero would stay zero. The multiplication spreads similar seeds.
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
  }

  /** Returns an integer from 0 to 2^32 - 1. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(from: readonly [T, ...(readonly T[])]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  text(length: number, alphabet = PRINTABLE): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join('');
  }
}

const PRINTABLE =
  ' !"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~';

/** Boundary values at which parsers of lengths and offsets often fail. */
const EDGES = [0, 1, 4, 5, 15, 16, 127, 128, 255, 65_535, 0x7fffffff, 0x80000000, 0xffffffff] as const;

/** Returns a copy with one to four faults: flipped bits, removed, repeated or inserted bytes, or boundary values. */
export function mutateBytes(dice: Dice, source: Buffer): Buffer {
  let bytes = Buffer.from(source);
  for (let faults = 1 + dice.below(4); faults > 0; faults -= 1) bytes = mutateOnce(dice, bytes);
  return bytes;
}

function mutateOnce(dice: Dice, bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  const at = dice.below(bytes.length + 1);
  const stretch = bytes.subarray(at, at + 1 + dice.below(16));
  const changed = Buffer.from(bytes);
  switch (dice.below(7)) {
    case 0:
      if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << dice.below(8));
      return changed;
    case 1:
      if (at < changed.length) changed[at] = dice.below(256);
      return changed;
    case 2:
      if (at + 4 <= changed.length) changed.writeUInt32LE(dice.pick(EDGES), at);
      return changed;
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + stretch.length)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), stretch, bytes.subarray(at)]);
    case 5:
      return Buffer.concat([bytes.subarray(0, at), dice.bytes(1 + dice.below(16)), bytes.subarray(at)]);
    default:
      return bytes.subarray(0, at);
  }
}

/** Returns a copy of a string with faults, limited to the characters that a header can contain. */
export function mutateText(dice: Dice, source: string): string {
  const at = dice.below(source.length + 1);
  const length = 1 + dice.below(8);
  const rest = source.slice(at + length);
  switch (dice.below(5)) {
    case 0:
      return source.slice(0, at) + dice.text(1) + source.slice(at + 1);
    case 1:
      return source.slice(0, at) + rest;
    case 2:
      return source.slice(0, at) + source.slice(at, at + length) + source.slice(at);
    case 3:
      return source.slice(0, at) + dice.text(length) + source.slice(at);
    default:
      return source.slice(0, at);
  }
}
