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
  'lab.demo-step-failed': {
    title: 'a step of the demo did not end as it should',
    cause: 'The command printed above is broken in this build of fedctl.',
    remedy: 'run the step by itself: fedctl sandbox -- <command>',
    exit: EXIT.bug,
  },
});
