import { program, type SuggestedCommand, shellWord } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import { FAILURES, type FailureCode } from '../failures/failures.ts';
import { shellWords } from './shell-words.ts';

const MAX_LINES = 5;
const MAX_LINE = 300;

/**
 * Creates the failure for a `credential_process` that did not exit with code 0. If the program is fedctl, the
 * failure contains the code, message, cause, remedy and command that the program printed. For other programs,
 * the message contains the last line of stderr, and the evidence contains stderr. If stderr has more than
 * five lines, the evidence contains only the first two and the last two lines.
 *
 * @param ended how the program ended: `exited with code 1`, `was ended by SIGTERM`
 * @returns the failure that the program printed, if the program is fedctl; otherwise, aws.profile-failed
 */
export function processFailure(profile: string, ended: string, stderr: string): FedctlError {
  const start = `The credential_process of the profile "${profile}" ${ended}`;
  const inner = innerFailure(stderr);
  if (inner !== null) {
    return new FedctlError(inner.code, {
      message: `${start}: ${inner.message}`,
      likelyCause: inner.cause,
      remedy: inner.remedy,
      command: inner.command,
      details: { profile, evidence: inner.evidence },
    });
  }
  const lines = stderr
    .split('\n')
    .map((line) => line.trimEnd().slice(0, MAX_LINE))
    .filter((line) => line.trim() !== '');
  const shown =
    lines.length <= MAX_LINES
      ? lines
      : [...lines.slice(0, 2), `(${lines.length - 4} more lines)`, ...lines.slice(-2)];
  const last = lines.at(-1)?.trim() ?? '';
  const said = last === '' ? '' : `: "${last}"`;
  return new FedctlError('aws.profile-failed', {
    message: `${start}${said}.`,
    likelyCause:
      'The program in credential_process failed, or its output does not have the format that AWS tools expect.',
    remedy: `Run the program separately and correct the error. To print its command, run "aws configure get credential_process --profile ${shellWord(profile)}".`,
    details: { profile, ...(shown.length > 1 ? { evidence: shown } : {}) },
  });
}

interface InnerFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly cause: string;
  readonly remedy: string;
  readonly command: SuggestedCommand | null;
  readonly evidence: readonly string[];
}

/**
 * Parses the failure that fedctl printed as JSON or text when it ran as the `credential_process`. Returns
 * null if another program printed the output.
 */
function innerFailure(stderr: string): InnerFailure | null {
  return fromDocument(stderr) ?? fromLines(stderr);
}

function fromDocument(stderr: string): InnerFailure | null {
  try {
    const { schema, error } = JSON.parse(stderr) as { schema?: unknown; error?: Record<string, unknown> };
    if (schema !== 'fedctl.error/v1' || error === undefined) return null;
    const { code, message, cause, remedy, command } = error;
    return known({ code, message, cause, remedy, command, evidence: [] });
  } catch {
    return null;
  }
}

/**
 * Parses a failure in text format. A label such as `error:` is at the beginning of a line. The indented lines
 * after the error are evidence.
 */
function fromLines(stderr: string): InnerFailure | null {
  const parts = new Map<string, string>();
  const evidence: string[] = [];
  let label = '';
  for (const line of stderr.split('\n')) {
    const [, name, text] = /^(error|cause|remedy|run|code): +(.*)$/.exec(line) ?? [];
    if (name !== undefined && text !== undefined) {
      label = name;
      parts.set(name, text);
    } else if (label === 'error' && /^ {2,}\S/.test(line)) {
      evidence.push(line.trim().slice(0, MAX_LINE));
    }
  }
  return known({
    code: parts.get('code')?.split(',')[0],
    message: parts.get('error'),
    cause: parts.get('cause'),
    remedy: parts.get('remedy'),
    command: parts.get('run'),
    evidence,
  });
}

function known({
  code,
  message,
  cause,
  remedy,
  command,
  evidence,
}: Readonly<Record<'code' | 'message' | 'cause' | 'remedy' | 'command', unknown>> & {
  readonly evidence: readonly string[];
}): InnerFailure | null {
  if (typeof code !== 'string' || !Object.hasOwn(FAILURES, code)) return null;
  if (typeof message !== 'string' || typeof cause !== 'string' || typeof remedy !== 'string') return null;
  return {
    code: code as FailureCode,
    message,
    cause,
    remedy,
    command: offered(command),
    evidence: evidence.slice(0, 2 * MAX_LINES),
  };
}

/**
 * Returns the suggested command from the failure that the `credential_process` printed. Accepts only commands
 * of fedctl, aws and atlas, and returns null for other commands. Also returns null for `fedctl credentials`,
 * because the profile already runs this command.
 */
function offered(line: unknown): SuggestedCommand | null {
  const words = typeof line === 'string' ? shellWords(line) : null;
  const [name = '', command] = words ?? [];
  if (words === null || !/^(?:fedctl|aws|atlas)$/.test(name) || command === 'credentials') return null;
  return program(...words);
}
