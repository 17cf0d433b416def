// Formats the rows with differences as tables, with the reason for each difference. As a program, prints the page.
import { fileURLToPath } from 'node:url';
import { ROWS } from './rows.js';

const line = (cells) => `| ${cells.join(' | ')} |`;

const WITNESSES = {
  sdk: 'JavaScript SDK',
  boto3: 'boto3',
  v1: 'AWS CLI v1',
  v2: 'AWS CLI v2',
};

/** The kinds of failures (kinds.js) in words. */
const FAILURES = {
  'no-credentials': 'error: no credentials',
  'unknown-profile': 'error: unknown profile',
  'half-set': 'error: incomplete credentials',
  refused: 'rejected by AWS',
  expired: 'error: expired credentials',
  'login-needed': 'error: login required',
  'container-failed': 'error: container endpoint failed',
  'metadata-failed': 'error: instance metadata failed',
  'process-failed': 'error: credential_process failed',
  'profile-broken': 'error: invalid profile',
  'file-broken': 'error: invalid file',
  plaintext: 'error: plain http not allowed',
  unreadable: 'error: unreadable file',
  'no-region': 'error: no Region',
  'endpoint-invalid': 'error: invalid endpoint setting',
  unreachable: 'error: endpoint unreachable',
  crash: 'crash',
};

const isKey = (outcome) => /^A[KS]IA/.test(outcome);

/** Describes the outcome of fedctl. Access key IDs and endpoint names of the tests mean nothing to a reader. */
function ofFedctl(outcome) {
  if (isKey(outcome)) return 'expected credentials';
  if (outcome === 'second') return 'configured endpoint';
  return FAILURES[outcome] ?? outcome;
}

/** Describes a different outcome of another client. */
function ofOther(outcome, expected) {
  if (!isKey(outcome)) return FAILURES[outcome] ?? outcome;
  return isKey(expected) ? 'other credentials' : 'no error';
}

/** @returns docs/parity.md */
export function parityPage() {
  const differing = ROWS.filter(({ differs }) => Object.keys(differs).length > 0);
  const groups = [...new Set(ROWS.map(({ group }) => group))];
  const part = (group) => {
    const rows = differing.filter((row) => row.group === group);
    if (rows.length === 0) return [];
    return [
      group.includes('_') ? `## ${group}` : `## ${group[0].toUpperCase()}${group.slice(1)}`,
      '',
      line(['case', 'fedctl', ...Object.values(WITNESSES), 'reason']),
      line(['---', '---', ...Object.values(WITNESSES).map(() => '---'), '---']),
      ...rows.map(({ name, expected, differs, witnesses, why }) => {
        const others = Object.keys(WITNESSES).map((witness) => {
          if (!witnesses.includes(witness)) return 'not run';
          return witness in differs ? ofOther(differs[witness], expected) : '';
        });
        return line([name, ofFedctl(expected), ...others, why]);
      }),
      '',
    ];
  };
  return [
    '# Parity with other AWS clients',
    '',
    '<!-- Generated from test/parity/rows.js: node test/parity/document.js > docs/parity.md -->',
    '',
    `\`npm run test:parity\` runs fedctl, the AWS SDK for JavaScript, boto3 and both versions of the AWS CLI with ${ROWS.length} sets of`,
    'environment variables and files. It compares the credentials, the Region, the endpoint and the errors of each client.',
    'fedctl follows the AWS CLI. If the two versions of the AWS CLI differ, fedctl follows version 2.',
    '',
    'The tables list all cases in which another client differs from fedctl. An empty cell means that the client does the same as',
    'fedctl. "Expected credentials" are those that a client should use in the case. "Other credentials" means that the client uses a',
    'different access key. "No error" means that the client continues with credentials. "Not run" means that the client was not tested.',
    '',
    ...groups.flatMap(part),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(parityPage());
