import { FedctlError } from '../lib/errors.ts';

/**
 * `--output json` promises one JSON document; a --format that is something else contradicts it.
 *
 * @throws FedctlError usage.invalid-command-line
 */
export function refuseTwoFaces(output: 'human' | 'json', format: string | null): void {
  if (output !== 'json' || format === null || format === 'json') return;
  throw new FedctlError('usage.invalid-command-line', {
    message: `--output json and --format ${format} ask for two different answers.`,
    likelyCause: 'stdout holds one answer.',
    remedy: `leave out --output json, or --format ${format}`,
  });
}
