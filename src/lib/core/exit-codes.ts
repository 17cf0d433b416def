/**
 * The exit codes of fedctl. They do not depend on the output format. `exec` and `sandbox -- CMD` also return
 * the exit code of the child process. If `exec` itself fails, the exit code is 125, which most programs do
 * not use.
 */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  notSetUp: 3,
  refused: 4,
  answeredNo: 5,
  unreachable: 6,
  ownFailure: 125,
  notExecutable: 126,
  notFound: 127,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A row of the table in `fedctl help exit-codes` and docs/reference.md. */
export interface ExitCodeRow {
  readonly code: ExitCode;
  readonly meaning: string;
  readonly examples: string;
}

export const EXIT_CODES: readonly ExitCodeRow[] = [
  {
    code: EXIT.done,
    meaning: 'success, or a positive result',
    examples: '`status` in any state; a sandbox or agent that was stopped',
  },
  { code: EXIT.bug, meaning: 'bug in fedctl', examples: 'report the bug' },
  {
    code: EXIT.usage,
    meaning: 'invalid usage, configuration or input',
    examples:
      'no audience, no URI, 11 audiences, `aws-global`, a password in a URI, `decode` of a file that is not a JWT',
  },
  {
    code: EXIT.notSetUp,
    meaning: 'incomplete setup',
    examples: 'missing or expired credentials, unknown profile, no Region, federation disabled',
  },
  {
    code: EXIT.refused,
    meaning: 'denied or rejected',
    examples:
      'AccessDenied, wrong secret key, MongoDB codes 18, 8000 and 13, a session that expires before the token',
  },
  {
    code: EXIT.answeredNo,
    meaning: 'negative result',
    examples: '`verify` of an invalid token or of text that is not a JWT; `check` with a failure',
  },
  {
    code: EXIT.unreachable,
    meaning: 'unreachable, broken or timed out',
    examples: 'DNS, TCP, TLS, throttling, 5xx, HTML instead of an API response, an issuer that redirects',
  },
  {
    code: EXIT.ownFailure,
    meaning: '`exec` failed before the program started',
    examples: 'any of the failures above; a `mongosh` that is too old',
  },
  { code: EXIT.notExecutable, meaning: 'the program is not executable', examples: '`exec -- ./notes.txt`' },
  { code: EXIT.notFound, meaning: 'the program was not found', examples: '`exec -- mongosj`' },
  { code: EXIT.hungUp, meaning: 'hung up', examples: 'SIGHUP: the terminal was closed' },
  { code: EXIT.interrupted, meaning: 'interrupted', examples: 'Ctrl-C (SIGINT)' },
  { code: EXIT.terminated, meaning: 'terminated', examples: 'SIGTERM' },
];
