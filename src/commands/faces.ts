import { FedctlError } from '../lib/core/errors.ts';
import { invalidValue } from '../lib/core/invalid-value.ts';

/**
 * Rejects --format with `--output json`, which promises one JSON document, unless it is JSON too.
 *
 * @throws FedctlError usage.invalid-command-line
 */
export function refuseTwoFaces(output: 'human' | 'json', format: string | null): void {
  if (output !== 'json' || format === null || format === 'json') return;
  throw new FedctlError('usage.invalid-command-line', {
    message: `--output json and --format ${format} are mutually exclusive.`,
    likelyCause: 'Standard output has a single format.',
    remedy: `Remove --output json, or remove --format ${format}.`,
  });
}

/** The output formats of a result and where they are written. */
export interface Faces {
  /** The format for stdout. */
  readonly stdout: string;
  /** Additional formats for files. */
  readonly files: readonly { readonly face: string; readonly file: string }[];
}

/** The output formats of every command. */
const COMMON_FACES = ['human', 'json'];

/**
 * Parses `--output`. For a command with its own formats, the option can be repeated, and all but one
 * occurrence must name a file: `--output json=report.json`.
 *
 * @param given as typed, in order
 * @param own the formats of the command; null if it has the common formats; then the last `--output` takes effect
 * @throws FedctlError usage.invalid-value, usage.invalid-command-line
 */
export function readFaces(given: readonly string[], own: readonly string[] | null): Faces {
  const known = own ?? COMMON_FACES;
  const read = given.map((text) => {
    const [face = '', ...rest] = text.split('=');
    const file = rest.length === 0 || own === null ? null : rest.join('=');
    const named = own === null ? text : face;
    if (!known.includes(named) || file === '') {
      throw invalidValue('--output', { value: text, expected: known.join(', ') });
    }
    return { face: named, file };
  });
  const files = read.flatMap(({ face, file }) => (file === null ? [] : [{ face, file }]));
  const plain = read.filter(({ file }) => file === null);
  if (own !== null && new Set(plain.map(({ face }) => face)).size > 1) {
    throw new FedctlError('usage.invalid-command-line', {
      message: `--output requests ${plain.map(({ face }) => face).join(' and ')} on standard output, which has a single format.`,
      remedy: `Write one of them to a file: --output ${plain[0]?.face} --output ${plain[1]?.face}=<file>.`,
    });
  }
  const twice = files.find(({ file }, index) => files.findIndex((each) => each.file === file) !== index);
  if (twice !== undefined) {
    throw new FedctlError('usage.invalid-command-line', {
      message: `--output names the file "${twice.file}" twice.`,
      likelyCause: 'The second report would replace the first one.',
      remedy: `Choose another file: --output ${twice.face}=<another file>.`,
    });
  }
  return { stdout: plain.at(-1)?.face ?? 'human', files };
}
