// Formats the rows as documentation: the comparisons, and every intended difference with its reason. When this file runs
// as a program, it prints the page.
import { fileURLToPath } from 'node:url';
import { ROWS } from './rows.js';

const WITNESSES = {
  sdk: 'JavaScript SDK',
  boto3: 'boto3',
  v1: 'AWS CLI v1',
  v2: 'AWS CLI v2',
};

const isKey = (outcome) => /^A[KS]IA/.test(outcome);

/** Replaces access key IDs, which mean nothing to a reader, with whether the credentials are those of fedctl. */
function told(outcome, expected) {
  if (!isKey(outcome)) return outcome;
  return isKey(expected) ? 'other credentials' : 'continues with other credentials';
}

/** @returns docs/parity.md */
export function parityPage() {
  const differing = ROWS.filter(({ differs }) => Object.keys(differs).length > 0);
  const groups = [...new Set(ROWS.map(({ group }) => group))];
  const part = (group) => {
    const rows = differing.filter((row) => row.group === group);
    if (rows.length === 0) return [];
    return [
      `## ${group[0].toUpperCase()}${group.slice(1)}`,
      '',
      ...rows.map(({ name, expected, differs, why }) => {
        const others = Object.entries(differs).map(
          ([witness, outcome]) => `${WITNESSES[witness]}: ${told(outcome, expected)}`,
        );
        const own = isKey(expected) ? 'the credentials that are configured' : expected;
        return `- **${name}**. fedctl: ${own}. ${others.join('; ')}. ${why}`;
      }),
      '',
    ];
  };
  return [
    '# Parity with the clients of AWS',
    '',
    '<!-- Generated from test/parity/rows.js: node test/parity/document.js > docs/parity.md -->',
    '',
    `\`npm run test:parity\` runs ${ROWS.length} environments and file sets with fedctl, the default chain of the AWS SDK for`,
    'JavaScript, boto3 and both versions of the AWS CLI, and compares whose keys each of them signs with, or how it refuses.',
    'fedctl follows the AWS CLI, version 2 where the two differ. Where a program does something else than fedctl, the row',
    'says why. These are all of them; a word such as `half-set` names the kind of a refusal.',
    '',
    ...groups.flatMap(part),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(parityPage());
