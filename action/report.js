// @ts-check

/**
 * @typedef {{ readonly id: string, readonly status: string, readonly code: string | null }} Check
 * @typedef {{ readonly ok: boolean, readonly targets: readonly { readonly checks: readonly Check[] }[] }} Report
 */

/**
 * Finds the first failed check in the JSON report of `fedctl check` (schemas/check.v1.json). If no check failed, finds the
 * first check with a warning, which fails the run with `--fail-on warn`.
 *
 * @param {string | null} text the report; null if fedctl wrote no report
 * @returns the ID and failure code of the check; both are '' if no check failed
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
 * Reads the error that fedctl printed on standard error (exit codes other than 0 and 5).
 *
 * @param {string} stderr
 * @returns the message in one line, null if not found; and the failure code, '' if not found
 */
export function readFailure(stderr) {
  return {
    message: /^error: (.+)$/m.exec(stderr)?.[1] ?? null,
    code: /^code: +([a-z0-9.-]+)$/m.exec(stderr)?.[1] ?? '',
  };
}
