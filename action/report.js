// @ts-check

/**
 * @typedef {{ readonly id: string, readonly status: string, readonly code: string | null }} Check
 * @typedef {{ readonly ok: boolean, readonly targets: readonly { readonly checks: readonly Check[] }[] }} Report
 */

/**
 * Where to begin, from the JSON face of `fedctl check` (schemas/check.v1.json): the first check that failed in the
 * first target that has one; where warnings are what counts, the first that warned.
 *
 * @param {string | null} text null when the tool wrote none
 * @returns `firstFailure` and `code` are '' when nothing failed, or failed before a check could
 */
export function readReport(text) {
  /** @type {Report | null} */
  const report = text === null ? null : JSON.parse(text);
  if (report === null || report.ok) return { firstFailure: '', code: '' };
  const checks = report.targets.flatMap((target) => target.checks);
  const first =
    checks.find(({ status }) => status === 'fail') ?? checks.find(({ status }) => status === 'warn') ?? null;
  return { firstFailure: first?.id ?? '', code: first?.code ?? '' };
}

/**
 * What the tool said on stderr when it could not answer (exit codes other than 0 and 5).
 *
 * @param {string} stderr
 * @returns `message` is one line, null when there is none; `code` is '' when there is none
 */
export function readFailure(stderr) {
  return {
    message: /^error: (.+)$/m.exec(stderr)?.[1] ?? null,
    code: /^code: +([a-z0-9.-]+)$/m.exec(stderr)?.[1] ?? '',
  };
}
