import type { Flag } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import { invalidValue } from '../core/invalid-value.ts';
import { MINT_LIMITS, type MintRequest, SIGNING_ALGORITHMS, type Tag } from '../core/token.ts';

const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Validates a mint request with the rules of AWS, but does not call AWS (facts/aws.md 2.1 and 2.3). If an audience
 * or a tag is invalid, the failure contains its position in the list. Positions start at 1.
 *
 * @throws FedctlError usage.missing-audience, usage.invalid-value, sts.payload-too-large
 */
export function validateMintRequest(request: MintRequest): void {
  validateAudience(request.audience);
  validateAlgorithm(request.signingAlgorithm);
  validateDuration(request.durationSeconds);
  validateTags(request.tags, '--tag');
  validateSize(request);
}

function validateAudience(audience: readonly string[]): void {
  if (audience.length === 0) {
    throw new FedctlError('usage.missing-audience', {
      message: 'No audience was given. Every token requires an audience.',
    });
  }
  if (audience.length > MINT_LIMITS.audiences) {
    throw invalid(
      '--audience',
      `A token has at most ${MINT_LIMITS.audiences} audiences, but ${audience.length} are given.`,
    );
  }
  for (const [index, each] of audience.entries()) {
    const length = characters(each);
    if (length === 0) throw invalid('--audience', `Audience ${index + 1} is empty.`, index);
    if (length > MINT_LIMITS.audienceLength) {
      throw invalid(
        '--audience',
        `Audience ${index + 1} has ${length} characters; AWS accepts at most ${MINT_LIMITS.audienceLength}.`,
        index,
      );
    }
  }
}

/** Validates the algorithm at run time, because JavaScript callers have no type check. */
function validateAlgorithm(algorithm: string): void {
  if (SIGNING_ALGORITHMS.some((each) => each === algorithm)) return;
  throw invalid('--signing-algorithm', 'Invalid signing algorithm: expected RS256 or ES384, in capitals.');
}

function validateDuration(seconds: number): void {
  const { shortest, longest } = MINT_LIMITS;
  if (Number.isInteger(seconds) && seconds >= shortest && seconds <= longest) return;
  throw invalid(
    '--duration',
    `Invalid duration ${seconds} s: expected ${shortest} to ${longest} whole seconds (1 min to 1 h).`,
  );
}

/**
 * Validates the tags of a token or the tags of a session. The limits are the same for both.
 *
 * @throws FedctlError usage.invalid-value
 */
export function validateTags(tags: readonly Tag[], option: Flag): void {
  if (tags.length > MINT_LIMITS.tags) {
    throw invalid(option, `AWS accepts at most ${MINT_LIMITS.tags} tags, but ${tags.length} are given.`);
  }
  const positions = new Map<string, number>();
  for (const [index, { key, value }] of tags.entries()) {
    validateTagText(option, index, 'key', key, 1, MINT_LIMITS.tagKeyLength);
    validateTagText(option, index, 'value', value, 0, MINT_LIMITS.tagValueLength);
    const folded = key.toLowerCase();
    const first = positions.get(folded);
    if (first !== undefined) {
      throw invalid(
        option,
        `Tags ${first + 1} and ${index + 1} have the same key. AWS ignores case in tag keys.`,
        index,
      );
    }
    positions.set(folded, index);
  }
}

function validateTagText(
  option: Flag,
  index: number,
  part: 'key' | 'value',
  text: string,
  shortest: number,
  longest: number,
): void {
  const what = `The ${part} of tag ${index + 1}`;
  const length = characters(text);
  if (length < shortest) throw invalid(option, `${what} is empty.`, index);
  if (length > longest) {
    throw invalid(option, `${what} has ${length} characters; AWS accepts at most ${longest}.`, index);
  }
  if (!TAG_TEXT.test(text)) {
    throw invalid(
      option,
      `${what} has a character that AWS does not accept. Letters, digits, spaces and _.:/=+-@ are allowed.`,
      index,
    );
  }
}

/**
 * Rejects a request if the claims of its token are certainly larger than the limit. The limit applies to the
 * size of the claims in bytes, not to the size of the token (facts/aws.md 2.1).
 */
function validateSize({ audience, tags }: MintRequest): void {
  const least = {
    aud: audience.length === 1 ? audience[0] : audience,
    sub: 'arn:aws:iam::000000000000:root',
    'https://sts.amazonaws.com/': {
      aws_account: '000000000000',
      principal_id: 'arn:aws:iam::000000000000:root',
      ...(tags.length === 0
        ? {}
        : { request_tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) }),
    },
    iss: 'https://',
    exp: 1_000_000_000,
    iat: 1_000_000_000,
    jti: '00000000-0000-0000-0000-000000000000',
  };
  const bytes = Buffer.byteLength(JSON.stringify(least), 'utf8');
  if (bytes <= MINT_LIMITS.claimsBytes) return;
  throw new FedctlError('sts.payload-too-large', {
    message: `The claims of this token have at least ${bytes} bytes; AWS signs at most ${MINT_LIMITS.claimsBytes}.`,
    details: { bytes, limit: MINT_LIMITS.claimsBytes },
  });
}

/**
 * Counts the code points of a text. It is unknown whether AWS counts code points, UTF-16 units or bytes. The
 * number of code points is never higher than the other two numbers, so fedctl accepts every text that AWS
 * accepts.
 */
function characters(text: string): number {
  return [...text].length;
}

/** The remedy for an invalid value of each option. */
const REMEDIES: Readonly<Record<Flag, string>> = {
  '--audience': 'Mint one token for each relying party, each with its own --audience <audience>.',
  '--signing-algorithm': 'Add --signing-algorithm RS256.',
  '--duration': 'Choose a duration from 1m to 1h, such as --duration 5m.',
};

function invalid(option: Flag, message: string, index?: number): FedctlError {
  return invalidValue(option, {
    message,
    likelyCause: 'AWS would reject the request, so fedctl does not send it.',
    remedy:
      REMEDIES[option] ?? `Write the tag as ${option} <key>=<value>, with a different key for each tag.`,
    details: index === undefined ? {} : { position: index + 1 },
  });
}
