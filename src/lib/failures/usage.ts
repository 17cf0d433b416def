import { EXIT } from '../exit-codes.ts';
import { catalogue } from './failure.ts';

/** The command line, the environment, files given as input, and fedctl itself. */
export const USAGE_FAILURES = catalogue({
  'usage.unknown-command': {
    title: 'unknown command',
    cause: 'No command has this name.',
    remedy: 'fedctl --help',
    exit: EXIT.usage,
  },
  'usage.unknown-option': {
    title: 'unknown option',
    cause: 'The command does not take this option.',
    remedy: 'fedctl <command> --help',
    exit: EXIT.usage,
  },
  'usage.invalid-command-line': {
    title: 'the command line does not fit the command',
    cause: 'An argument or an option value is missing, or there is one too many.',
    remedy: 'fedctl <command> --help',
    exit: EXIT.usage,
  },
  'usage.invalid-value': {
    title: 'an option has a value it cannot have',
    cause: 'The value is outside what the option accepts.',
    remedy: 'fedctl <command> --help',
    exit: EXIT.usage,
  },
  'usage.missing-audience': {
    title: 'no audience',
    cause: 'A token is made for somebody: there is no default audience.',
    remedy: 'fedctl <command> --audience <audience>   (or set FEDCTL_AUDIENCE)',
    exit: EXIT.usage,
  },
  'usage.missing-uri': {
    title: 'no connection string',
    cause: 'There is no default cluster.',
    remedy: "fedctl connect --uri 'mongodb+srv://<host>/'   (or set FEDCTL_URI)",
    exit: EXIT.usage,
  },
  'usage.token-as-argument': {
    title: 'a token was given as an argument',
    cause: 'Arguments are visible to every user of the machine in the process list.',
    remedy: 'fedctl token --audience <audience> | fedctl verify -   (or give the name of a file)',
    exit: EXIT.usage,
  },
  'usage.needs-confirmation': {
    title: 'needs a confirmation',
    cause: 'The command changes something account-wide and there is no terminal to confirm it on.',
    remedy: 'repeat the command with --yes',
    exit: EXIT.usage,
  },
  'usage.not-confirmed': {
    title: 'not confirmed',
    cause: 'What was typed is not what was asked for, so nothing was changed.',
    remedy: 'repeat the command and type the account id, or add --yes',
    exit: EXIT.usage,
  },
  'usage.unreadable-input': {
    title: 'the input cannot be read',
    cause: 'The file does not exist, is no regular file, is too large, or may not be read by this user.',
    remedy: 'ls -l <file>',
    exit: EXIT.usage,
  },
  'usage.unwritable-output': {
    title: 'the output cannot be written',
    cause: 'The target is no regular file, or its directory may not be written to.',
    remedy: 'choose another --out <file>',
    exit: EXIT.usage,
  },
  'usage.file-exists': {
    title: 'the file is there already',
    cause: 'Somebody wrote it before, and nothing is overwritten unasked.',
    remedy: 'fedctl init --force   (or --out <another file>)',
    exit: EXIT.usage,
  },
  'config.host-refused': {
    title: 'a found configuration file names a host that nobody vouched for',
    cause:
      'The file was found in the working directory, as it would be in a repository of anybody: it may send tokens to this machine and to MongoDB Atlas only.',
    remedy: 'fedctl check --allow-host <host>   (or --config <file>, if you trust it)',
    exit: EXIT.usage,
  },
  'net.proxy-invalid': {
    title: 'the proxy setting is no proxy',
    cause: 'HTTPS_PROXY or HTTP_PROXY names something that is no HTTP proxy.',
    remedy: 'export HTTPS_PROXY=http://<host>:<port>   (or unset it)',
    exit: EXIT.usage,
  },
  'net.ca-bundle-invalid': {
    title: 'the CA bundle cannot be used',
    cause:
      'AWS_CA_BUNDLE, ca_bundle of the profile or REQUESTS_CA_BUNDLE must name a readable file of PEM certificates.',
    remedy: 'export AWS_CA_BUNDLE=<file>   (or unset it)',
    exit: EXIT.usage,
  },
  'bug.unexpected': {
    title: 'a bug in fedctl',
    cause: 'fedctl did not expect this to happen.',
    remedy: 'repeat the command with --verbose and report what it prints, with secrets removed',
    exit: EXIT.bug,
  },
});
