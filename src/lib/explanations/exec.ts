import { explanations } from './explanation.ts';

const EXEC = 'fedctl exec --help';
const AGENT = 'fedctl agent --help';
const FILE_DRIVERS =
  'https://github.com/mongodb/specifications/blob/master/source/auth/auth.md (MONGODB-OIDC, ENVIRONMENT)';

/** Running programs with fresh tokens and credentials. */
export const EXEC_EXPLANATIONS = explanations({
  'exec.not-found': {
    meaning:
      'fedctl exec has a token or credentials ready, and the program that it is to start was not found.',
    shows: { fedctl: 'Cannot run "<program>": it was not found.', 'a shell': 'command not found' },
    causes: ['The name is misspelled.', 'The program is not installed, or its folder is not in PATH.'],
    apart: {
      'exec.not-executable': 'There the file exists.',
      'usage.unknown-command': 'There it is the command of fedctl that does not exist.',
    },
    type: ['command -v <program>', 'fedctl exec --audience <audience> -- <program>'],
    sources: [EXEC, 'POSIX.1-2024, Shell Command Language 2.8.2, Exit Status for Commands'],
    evidence: 'provoked',
  },
  'exec.not-executable': {
    meaning:
      'The file that fedctl exec is to start exists, and the system does not let this user execute it.',
    shows: { fedctl: 'Cannot run "<program>": it is not executable.', 'a shell': 'Permission denied' },
    causes: [
      'A script was written and not made executable.',
      'The file system is mounted with noexec, as /tmp is on some machines.',
    ],
    apart: {
      'exec.not-found': 'There no such file was found.',
      'exec.start-failed': 'There the file may be executed, and the system had another reason.',
    },
    type: ['ls -l <program>', 'chmod +x <program>'],
    sources: [EXEC, 'POSIX.1-2024, Shell Command Language 2.8.2, Exit Status for Commands'],
    evidence: 'provoked',
  },
  'exec.start-failed': {
    meaning:
      'The system refused to start the program, for a reason that is neither its path nor its permissions.',
    shows: { 'Node.js': ['spawn E2BIG', 'spawn ENOEXEC', 'spawn EAGAIN', 'spawn ENOMEM'] },
    causes: [
      'The arguments and the environment together are too large.',
      'The limit of processes is reached, or the memory is full.',
      'The file is for another processor.',
    ],
    apart: {
      'exec.not-executable': 'There this user has no permission.',
      'exec.not-found': 'There no such file was found.',
    },
    type: ['ulimit -a', 'file "$(command -v <program>)"'],
    sources: [EXEC, 'execve(2), Errors'],
    evidence: 'provoked',
  },
  'exec.program-too-old': {
    meaning:
      'The program is one that fedctl knows, and its version cannot read a token from a file. It would fail with a text about ENVIRONMENT, or open a browser.',
    shows: {
      fedctl: '<program> cannot read a token from a file.',
    },
    causes: ['The package of the distribution is older than the feature.', 'An older copy is first in PATH.'],
    apart: {
      'mongo.driver.environment-unsupported': 'There the driver says so itself.',
      'exec.not-found': 'There the program does not exist.',
    },
    type: ['mongosh --version', 'mongodump --version', 'command -v mongosh'],
    sources: [
      FILE_DRIVERS,
      'https://jira.mongodb.org/browse/MONGOSH-1832',
      'https://jira.mongodb.org/browse/TOOLS-3736',
    ],
    evidence: 'provoked',
  },
  'exec.secret-in-arguments': {
    meaning:
      'The connection string holds the password of a proxy or of a key file, and {uri} would put it into the arguments of the program, where every user of the machine can read it.',
    shows: { fedctl: 'The connection string holds a secret, so it cannot be an argument of the program.' },
    causes: ['proxyPassword or tlsCertificateKeyFilePassword is in the connection string.'],
    apart: {
      'mongo.password-in-uri': 'There it is the password of a database user, which no mechanism needs.',
      'usage.token-as-argument': 'There the secret is an argument of fedctl.',
    },
    type: ['fedctl exec --audience <audience> -- <program that reads MONGODB_URI>'],
    sources: [EXEC, 'proc_pid_cmdline(5)'],
    evidence: 'provoked',
  },
  'exec.output-in-use': {
    meaning: 'A lock beside the file says that another agent, which is running, keeps it fresh.',
    shows: { fedctl: 'Another fedctl agent, process <pid>, writes "<file>".' },
    causes: [
      'Two units or two containers have the same configuration.',
      'An agent was started by hand, too.',
    ],
    apart: {
      'usage.unwritable-output': 'There the file cannot be written by anybody.',
      'exec.listen-failed': 'There it is a port that is in use.',
    },
    type: ['ps -p <pid> -o pid,lstart,args', 'systemctl status fedctl-agent'],
    sources: [AGENT],
    evidence: 'provoked',
  },
  'exec.listen-failed': {
    meaning: 'The endpoint for credentials or for readiness cannot listen at its address.',
    shows: { fedctl: 'Cannot listen on <address>', 'Node.js': 'listen EADDRINUSE' },
    causes: [
      'Another program uses the port.',
      'The address does not belong to this machine.',
      'A port below 1024 needs privileges.',
    ],
    apart: {
      'lab.port-taken': 'There it is a server of the lab.',
      'exec.output-in-use': 'There it is a file that another agent writes.',
    },
    type: ['ss -ltnp | grep <port>', 'fedctl agent --audience <audience> --out <file> --ready-listen <port>'],
    sources: [AGENT],
    evidence: 'provoked',
  },
});
