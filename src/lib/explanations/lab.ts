import { explanations } from './explanation.ts';

const LAB = 'fedctl sandbox --help';
const AGAIN = ['fedctl sandbox --env-file lab.env', '. ./lab.env', 'fedctl sandbox status'];

/** The lab. */
export const LAB_EXPLANATIONS = explanations({
  'lab.port-taken': {
    meaning: 'The lab was told to use a port that something else listens on.',
    shows: { 'Node.js': 'listen EADDRINUSE: address already in use' },
    causes: [
      'Another lab, or a mongod, runs there.',
      'A lab was killed a moment ago, and its port is not free yet.',
    ],
    apart: {
      'lab.start-failed': 'There the port is not the reason.',
      'lab.state-in-use': 'There another lab has the same state.',
    },
    type: ['ss -ltnp | grep <port>', 'fedctl sandbox --mongo-port 0'],
    sources: [LAB],
    evidence: 'provoked',
  },
  'lab.policy-malformed': {
    meaning: 'A policy in the configuration or the state of the lab is one that IAM would refuse.',
    shows: { AWS: 'MalformedPolicyDocument' },
    causes: [
      'An element is misspelt: Actions for Action.',
      'Version is missing or has another date.',
      'A condition compares a number as a text.',
    ],
    apart: {
      'config.invalid': 'There the file around the policy is wrong.',
      'sts.mint-denied': 'There the policy is good, and does not allow.',
    },
    type: [
      'fedctl sandbox --config <file>',
      'aws accessanalyzer validate-policy --policy-type IDENTITY_POLICY --policy-document file://<file>',
    ],
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html'],
    evidence: 'provoked',
  },
  'lab.start-failed': {
    meaning: 'One of the servers of the lab could not listen on loopback.',
    shows: { 'Node.js': ['listen EACCES', 'listen EADDRNOTAVAIL'] },
    causes: ['A sandbox or a container without loopback.', 'No ports are left.'],
    apart: {
      'lab.port-taken': 'There the port is taken by something else.',
      'lab.unreachable': 'There the lab has run, and is gone.',
    },
    type: ['fedctl sandbox --verbose', 'ip addr show lo'],
    sources: [LAB],
    evidence: 'provoked',
  },
  'config.invalid': {
    meaning:
      'The configuration file has a key that is unknown, a value of another kind than is wanted, or is no YAML. Each fault is listed with its line.',
    shows: { fedctl: 'did you mean "<key>"', 'yaml, Node.js': 'YAMLParseError' },
    causes: [
      'A key is misspelt or stands one level too deep.',
      'A text that looks like a number or a boolean has no quotes: an account id, for one.',
      'A tab where YAML wants blanks.',
    ],
    apart: {
      'lab.policy-malformed': 'There a policy in the file is wrong.',
      'usage.invalid-value': 'There an option is wrong.',
    },
    type: ['fedctl check --config <file> --list', 'fedctl sandbox --config <file>'],
    sources: ['schemas/sandbox-config.v1.json', 'https://yaml.org/spec/1.2.2/'],
    evidence: 'provoked',
  },
  'lab.none': {
    meaning:
      'The command speaks to a lab that runs, and FEDCTL_SANDBOX_URL, which names it, is not set in this shell.',
    shows: { fedctl: 'No lab is named: <variable> is not set.' },
    causes: ['The lab was started in another shell.', 'sudo and cron have an environment of their own.'],
    apart: {
      'lab.unreachable': 'There the variable is set, and the lab is gone.',
      'lab.address-invalid': 'There the variable is no address of a lab.',
    },
    type: AGAIN,
    sources: [LAB],
    evidence: 'provoked',
  },
  'lab.address-invalid': {
    meaning:
      'FEDCTL_SANDBOX_URL is no address of a lab: it listens on loopback only, and its address holds the key to it.',
    shows: { fedctl: 'FEDCTL_SANDBOX_URL is no address of a lab' },
    causes: ['The variable was typed, or cut.'],
    apart: {
      'lab.none': 'There it is not set.',
      'lab.refused': 'There the address is good, and the key is not.',
    },
    type: AGAIN,
    sources: [LAB],
    evidence: 'provoked',
  },
  'lab.unreachable': {
    meaning: 'The variables in this shell are those of a lab that does not answer any more.',
    shows: { fedctl: 'The lab at <address> does not answer' },
    causes: ['It was stopped, or ended with its shell.', 'The machine was restarted.'],
    apart: { 'lab.none': 'There no lab is named.', 'lab.refused': 'There another lab answers.' },
    type: AGAIN,
    sources: [LAB],
    evidence: 'provoked',
  },
  'lab.refused': {
    meaning: 'A server responds at the address of the lab, but it is another lab or not a lab.',
    shows: { fedctl: ['The lab at <address> answered <status>', 'What responds at <address> is not a lab'] },
    causes: [
      'A new lab uses the same port: its key is another one.',
      'The lab was stopped, and another server uses its port now.',
    ],
    apart: {
      'lab.unreachable': 'There nothing answers.',
      'lab.address-invalid': 'There the address holds no key.',
    },
    type: ['. ./lab.env', 'fedctl sandbox status'],
    sources: [LAB],
    evidence: 'provoked',
  },
});
