import { FedctlError } from '../lib/core/errors.ts';
import { invalidValue } from '../lib/core/invalid-value.ts';

/**
 * `--output json` promises one JSON document; a --format that is something else contradicts it.
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

/** Where an answer goes, and in which face. */
export interface Faces {
  /** On stdout. */
  readonly stdout: string;
  /** In files, beside it. */
  readonly files: readonly { readonly face: string; readonly file: string }[];
}

/** What every command can answer as. */
const COMMON_FACES = ['human', 'json'];

/**
 * Reads `--output`. Where a command has faces of its own it may be given several times, each but one with a file:
 * `--output json=report.json`.
 *
 * @param given as typed, in order
 * @param own the faces of the command; null for those of every command, of which the last one counts
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
