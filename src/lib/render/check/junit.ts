import { XMLBuilder } from 'fast-xml-parser';
import type { CheckReport, CheckResult, TargetReport } from '../../core/check-run.ts';
import { rfc3339 } from '../../core/time.ts';
import { escapeText } from '../escape.ts';
import { withoutCommands } from '../workflow-command.ts';
import { countChecks } from './counts.ts';
import { evidenceLines, UNPAINTED } from './evidence.ts';
import { skippedText } from './verdict.ts';

/** The prefix that XMLBuilder uses for attributes. */
const AT = '@';

/**
 * Formats JUnit XML: `testsuites/testsuite/testcase` with `failure` and `skipped`, as Jenkins, GitLab and
 * GitHub reporters expect. Each target is a suite and each check is a test case. The check ID is the name of
 * the test case, because a title may change and reporters keep the history by name. JUnit has no warnings, so
 * a check with a warning is a passed test case with the warning in `system-out`.
 */
export function junitXml({ targets, version, ms }: CheckReport): string {
  const builder = new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: AT,
    textNodeName: '#text',
    format: true,
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
  });
  const document = {
    '?xml': attributes({ version: '1.0', encoding: 'UTF-8' }),
    testsuites: {
      ...attributes({
        name: 'fedctl check',
        ...totals(targets.flatMap(({ checks }) => checks)),
        time: seconds(ms),
      }),
      testsuite: targets.map((target) => suite(target, version)),
    },
  };
  return builder.build(document);
}

function suite({ name, uri, checks, startedAt, ms, attempts }: TargetReport, version: string) {
  const property = (key: string, value: string) => attributes({ name: key, value });
  return {
    ...attributes({ name, ...totals(checks), time: seconds(ms), timestamp: rfc3339(startedAt) }),
    properties: {
      property: [
        property('fedctl.version', version),
        property('fedctl.attempts', `${attempts}`),
        ...(uri === null ? [] : [property('fedctl.uri', uri)]),
      ],
    },
    testcase: checks.map((check) => testcase(check, name)),
  };
}

function totals(checks: readonly CheckResult[]) {
  const { fail, skip } = countChecks(checks);
  return { tests: `${checks.length}`, failures: `${fail}`, errors: '0', skipped: `${skip}` };
}

function testcase(check: CheckResult, target: string) {
  const { id, title, detail, status, code, startedAt, ms } = check;
  const about = detail ?? title;
  const body = text([title, ...evidenceLines(check, '', UNPAINTED)]);
  const named = attributes({
    name: id,
    // Jenkins treats the part before the last dot as a package, so dots in the target name are replaced.
    classname: `fedctl.${target.replaceAll('.', '_')}`,
    time: seconds(ms),
    timestamp: rfc3339(startedAt),
  });
  switch (status) {
    case 'fail':
      return { ...named, failure: { ...attributes({ message: about, type: code ?? id }), '#text': body } };
    case 'skip':
      return { ...named, skipped: attributes({ message: skippedText(check) }) };
    case 'warn':
      return { ...named, 'system-out': text([`warning: ${title}`, ...evidenceLines(check, '', UNPAINTED)]) };
    case 'pass':
      return { ...named, 'system-out': text(detail === null ? [title] : [title, detail]) };
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [AT + key, harmless(value)]));
}

function text(lines: readonly string[]): string {
  return lines.map(harmless).join('\n');
}

/**
 * Escapes two characters that `escapeText` allows but XML 1.0 forbids in any form (section 2.2). Also escapes
 * workflow commands, because a runner may print the file to its log.
 */
function harmless(line: string): string {
  return withoutCommands(escapeText(line))
    .replaceAll('\ufffe', '\\u{fffe}')
    .replaceAll('\uffff', '\\u{ffff}');
}
