import { EXIT } from '../exit-codes.ts';
import { catalogue } from './failure.ts';

/** The lab, and running a program. */
export const LAB_FAILURES = catalogue({
  'lab.port-taken': {
    title: 'a port is taken',
    cause: 'Something else listens on the port that the lab was told to use.',
    remedy: 'leave the port out: the lab finds a free one',
    exit: EXIT.usage,
  },
  'lab.policy-malformed': {
    title: 'a policy of the lab is malformed',
    cause: 'IAM would refuse the document: an element is missing, unknown, or has a value it cannot have.',
    remedy: 'mend the policy at the place that is named',
    exit: EXIT.usage,
  },
  'lab.start-failed': {
    title: 'the lab did not start',
    cause: 'One of its servers could not listen on loopback.',
    remedy: 'repeat the command with --verbose',
    exit: EXIT.unreachable,
  },
  'config.invalid': {
    title: 'the configuration file is not valid',
    cause: 'A key is unknown, a value has another kind than is wanted, or the file is no YAML.',
    remedy: 'correct the lines that are named; an editor that knows the schema of the file marks them',
    exit: EXIT.usage,
  },
  'lab.none': {
    title: 'no lab is named',
    cause: 'The command speaks to a running lab, and finds it by the variables that the lab gave.',
    remedy: 'fedctl sandbox --env-file lab.env   (and elsewhere: . ./lab.env)',
    exit: EXIT.notSetUp,
  },
  'lab.address-invalid': {
    title: 'the address of the lab is none',
    cause: 'FEDCTL_SANDBOX_URL was changed: a lab listens on loopback only.',
    remedy: '. ./lab.env   (the variables as the lab wrote them)',
    exit: EXIT.usage,
  },
  'lab.unreachable': {
    title: 'the lab does not answer',
    cause: 'It was stopped, and the variables in this shell are those of a lab that is gone.',
    remedy: 'fedctl sandbox --env-file lab.env   (and elsewhere: . ./lab.env)',
    exit: EXIT.unreachable,
  },
  'lab.refused': {
    title: 'the lab refused the call',
    cause: 'The variables in this shell are not those of the lab that runs there now.',
    remedy: '. ./lab.env   (the variables as the lab wrote them)',
    exit: EXIT.refused,
  },
  'lab.state-invalid': {
    title: 'the state of the lab cannot be used',
    cause: 'Something else wrote the file, another version of fedctl did, or its mode was changed.',
    remedy: 'fedctl sandbox --state <another folder>   (or remove the file: the lab makes a new one)',
    exit: EXIT.usage,
  },
  'lab.state-in-use': {
    title: 'another lab uses this state',
    cause: 'A lab that was started with the same --state is still running.',
    remedy: 'fedctl sandbox stop   (in a shell with the variables of that lab)',
    exit: EXIT.usage,
  },
  'lab.unknown-name': {
    title: 'the lab has nothing of that name',
    cause: 'The name is misspelt, or what it named was revoked before.',
    remedy: 'fedctl sandbox status',
    exit: EXIT.usage,
  },
  'lab.scenario-played': {
    title: 'the lab plays a scenario already',
    cause: 'What a scenario changed in a lab stays changed: after a second one, two things would be broken.',
    remedy: 'fedctl sandbox --scenario <name>',
    exit: EXIT.usage,
  },
  'lab.scenario-unplayable': {
    title: 'this lab cannot play the scenario',
    cause: 'The lab was started, or changed since, in a way that leaves nothing there for it to break.',
    remedy: 'fedctl sandbox --scenario <name>',
    exit: EXIT.usage,
  },
  'lab.demo-step-failed': {
    title: 'a step of the demo did not end as it should',
    cause: 'The command printed above is broken in this build of fedctl.',
    remedy: 'run the step by itself: fedctl sandbox -- <command>',
    exit: EXIT.bug,
  },
});
