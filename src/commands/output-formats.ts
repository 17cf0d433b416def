import { FedctlError } from '../lib/core/errors.ts';
import { invalidValue } from '../lib/core/invalid-value.ts';

/**
 * Rejects `--output json` together with a --format other than json.
 *
 * @throws FedctlError usage.invalid-command-line
 */
export function refuseTwoFormats(output: 'human' | 'json', format: string | null): void {
  if (output !== 'json' || format === null || format === 'json') return;
  throw new FedctlError('usage.invalid-command-line', {
    message: `--output json and --format ${format} are mutually exclusive.`,
    likelyCause: 'Standard output can have only one format.',
    remedy: `Remove --output json, or remove --format ${format}.`,
  });
}

/** The output formats of a result and the destination of each format. */
export interface OutputFormats {
  /** The format for stdout. */
  readonly stdout: string;
  /** Additional formats for files. */
  readonly files: readonly { readonly format: string; readonly file: string }[];
}

/** The output formats of commands without their own formats. */
const COMMON_FORMATS = ['human', 'json'];

/**
 * Parses `--output`. If a command has its own formats, the option can be repeated. One format goes to stdout,
 * and each further format requires a file: `--output json=report.json`. If a command has only the common
 * formats, the last `--output` applies.
 *
 * @param given the values of `--output`, in order
 * @param own the formats of the command; null if the command has only the common formats
 * @throws FedctlError usage.invalid-value, usage.invalid-command-line
 */
export function readOutputFormats(given: readonly string[], own: readonly string[] | null): OutputFormats {
  const known = own ?? COMMON_FORMATS;
  const read = given.map((text) => {
    const [format = '', ...rest] = text.split('=');
    const file = rest.length === 0 || own === null ? null : rest.join('=');
    const named = own === null ? text : format;
    if (!known.includes(named) || file === '') {
      throw invalidValue('--output', { value: text, expected: known.join(', ') });
    }
    return { format: named, file };
  });
  const files = read.flatMap(({ format, file }) => (file === null ? [] : [{ format, file }]));
  const plain = read.filter(({ file }) => file === null);
  if (own !== null && new Set(plain.map(({ format }) => format)).size > 1) {
    throw new FedctlError('usage.invalid-command-line', {
      message: `--output requests ${plain.map(({ format }) => format).join(' and ')} on standard output, which can have only one format.`,
      remedy: `Write one of the reports to a file: --output ${plain[0]?.format} --output ${plain[1]?.format}=<file>.`,
    });
  }
  const twice = files.find(({ file }, index) => files.findIndex((each) => each.file === file) !== index);
  if (twice !== undefined) {
    throw new FedctlError('usage.invalid-command-line', {
      message: `--output specifies the file "${twice.file}" twice.`,
      likelyCause: 'The second report would replace the first one.',
      remedy: `Choose another file: --output ${twice.format}=<another file>.`,
    });
  }
  return { stdout: plain.at(-1)?.format ?? 'human', files };
}
