import { EXIT } from '../exit-codes.ts';
import { catalogue } from './failure.ts';

/** Running programs with fresh tokens and credentials. */
export const EXEC_FAILURES = catalogue({
  'exec.not-found': {
    title: 'the program was not found',
    cause: 'The name is misspelled, the program is not installed, or its folder is not in PATH.',
    remedy: 'command -v <program>',
    exit: EXIT.notFound,
  },
  'exec.not-executable': {
    title: 'the program is not executable',
    cause: 'The file has no execute permission, or its file system is mounted with noexec.',
    remedy: 'chmod +x <program>',
    exit: EXIT.notExecutable,
  },
  'exec.start-failed': {
    title: 'the program did not start',
    cause: 'The system refused to start another process.',
    remedy: 'ulimit -a',
    exit: EXIT.ownFailure,
  },
  'exec.program-too-old': {
    title: 'the program is too old for a token file',
    cause: 'Its MongoDB driver has no ENVIRONMENT:k8s.',
    remedy: 'install a later version of the program',
    exit: EXIT.ownFailure,
  },
  'exec.secret-in-arguments': {
    title: 'a secret would become an argument',
    cause: 'Arguments are visible to every user of the machine in the process list.',
    remedy: 'let the program read MONGODB_URI instead of {uri}',
    exit: EXIT.usage,
  },
  'exec.output-in-use': {
    title: 'another agent writes the file',
    cause: 'Two agents are configured with the same output.',
    remedy: 'stop one of the agents, or give it another file',
    exit: EXIT.usage,
  },
  'exec.listen-failed': {
    title: 'an endpoint cannot listen',
    cause: 'Another program uses the port, or the address does not belong to this machine.',
    remedy: 'choose another port',
    exit: EXIT.usage,
  },
});
