import { explanations } from './explanation.ts';

const LAB = 'fedctl sandbox --help';

/** What a lab keeps, what it is told, and what it plays. */
export const LAB_STATE_EXPLANATIONS = explanations({
  'lab.state-invalid': {
    meaning:
      'The folder that --state names holds something that is not the state of a lab of this version, or that others may read.',
    shows: { fedctl: '<file> is no state of a lab:' },
    causes: [
      'Another version of fedctl wrote it.',
      'It was edited, or copied with another mode: it holds private keys and must be 0600.',
    ],
    apart: {
      'lab.state-in-use': 'There the state is good, and another lab has it.',
      'config.invalid': 'There the configuration is wrong.',
    },
    type: ['ls -la <folder>', 'fedctl sandbox --state <another-folder>'],
    sources: [LAB],
    evidence: 'provoked',
  },
  'lab.state-in-use': {
    meaning:
      'A lab that was started with the same --state is still running, and two would overwrite what each other keeps.',
    shows: { fedctl: 'The lab at <address> runs with the state in <folder>' },
    causes: ['A lab was started with --detach and forgotten.'],
    apart: {
      'lab.port-taken': 'There a port is taken, by whatever.',
      'lab.state-invalid': 'There the file cannot be used.',
    },
    type: ['. ./lab.env', 'fedctl sandbox stop', 'fedctl sandbox --state <another-folder>'],
    sources: [LAB],
    evidence: 'provoked',
  },
  'lab.unknown-name': {
    meaning: 'The lab has no account, user, role, key or token of the name that was given.',
    shows: { fedctl: 'The lab has no <kind> "<name>"' },
    causes: ['A typing error.', 'What it named was revoked before.'],
    apart: {
      'usage.invalid-value': 'There the value has a form that no name has.',
      'lab.refused': 'There the lab does not listen to this shell.',
    },
    type: ['fedctl sandbox status', 'fedctl sandbox set --help'],
    sources: [LAB],
    evidence: 'provoked',
  },
  'lab.scenario-played': {
    meaning:
      'This lab plays a scenario already. What it changed stays changed: after a second one two things would be broken.',
    shows: { fedctl: 'The lab cannot play "<scenario>": it plays' },
    causes: ['The lab was started with --scenario, or told to play one before.'],
    apart: {
      'lab.scenario-unplayable': 'There none was played, and the lab lacks what it would break.',
      'usage.invalid-value': 'There no scenario has this name.',
    },
    type: ['fedctl sandbox --list-scenarios', 'fedctl sandbox --scenario <name>'],
    sources: [LAB],
    evidence: 'provoked',
  },
  'lab.scenario-unplayable': {
    meaning:
      'The lab was started, or changed since, in a way that leaves nothing for this scenario to break: without TLS there is no certificate to expire.',
    shows: { fedctl: 'This lab cannot play' },
    causes: ['The scenario needs --srv or --tls.', 'The thing that it breaks was removed.'],
    apart: {
      'lab.scenario-played': 'There another scenario is played already.',
      'lab.unknown-name': 'There a name is unknown.',
    },
    type: ['fedctl sandbox --list-scenarios', 'fedctl sandbox --scenario <name>'],
    sources: [LAB],
    evidence: 'provoked',
  },
  'lab.demo-step-failed': {
    meaning:
      'A command of the demo did not end as it should: this build of fedctl is broken, or something on this machine keeps the lab from running.',
    shows: { fedctl: '"<command>" ended with exit code <n> instead of' },
    causes: [
      'An installation that is half done.',
      'Loopback is closed, or a security program stops servers.',
    ],
    apart: {
      'bug.unexpected': 'There a command meets what it has no code for.',
      'lab.start-failed': 'There the lab itself does not start.',
    },
    type: ['fedctl sandbox -- fedctl enable', 'fedctl demo --verbose'],
    sources: ['fedctl demo --help'],
    evidence: 'provoked',
  },
});
