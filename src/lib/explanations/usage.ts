import { explanations } from './explanation.ts';

const HERE = 'fedctl --help';

/** The command line, and what it reads and writes. */
export const USAGE_EXPLANATIONS = explanations({
  'usage.unknown-command': {
    meaning: 'fedctl has no command of this name.',
    shows: { fedctl: "Unknown command '<name>'" },
    causes: ['A typing error.', 'An older fedctl is the first on the PATH.'],
    apart: {
      'usage.unknown-option': 'There the command exists.',
      'usage.invalid-command-line': 'There a word is missing or too many.',
    },
    type: [HERE, 'fedctl --version'],
    sources: [HERE],
    evidence: 'provoked',
  },
  'usage.unknown-option': {
    meaning:
      'The command does not take this option. Common options may stand before and after the command, others after it only.',
    shows: { fedctl: "Unknown option '<option>'" },
    causes: [
      'The option is one of another command.',
      'A typing error.',
      'An option of the program to run stands before --.',
    ],
    apart: {
      'usage.unknown-command': 'There the command itself is unknown.',
      'usage.invalid-value': 'There the option is known, and its value is not taken.',
    },
    type: [HERE, 'fedctl token --help'],
    sources: [HERE],
    evidence: 'provoked',
  },
  'usage.invalid-command-line': {
    meaning:
      'An argument or the value of an option is missing, there is one too many, or two options contradict each other.',
    shows: {
      fedctl: [
        "Option '<option>' argument missing",
        'Too many arguments for',
        "Missing required argument '<name>'",
      ],
    },
    causes: [
      'A variable of the shell is empty: --audience $AUD without quotes takes the next word.',
      'A blank in a value without quotes.',
    ],
    apart: {
      'usage.invalid-value': 'There the value is given, and is not taken.',
      'usage.unknown-option': 'There the option does not exist.',
    },
    type: ['fedctl token --help', 'fedctl connect --help'],
    sources: [HERE],
    evidence: 'provoked',
  },
  'usage.invalid-value': {
    meaning:
      'An option, or the variable FEDCTL_… that stands for it, has a value that it cannot have. The limits are those of AWS, and are checked before anything is sent.',
    shows: { fedctl: '<option> cannot be "<value>": expected' },
    causes: [
      'Durations are seconds, or 90s, 5m, 1h: a token lives 60 seconds to an hour.',
      'Up to 10 audiences of up to 1000 characters; up to 50 tags, whose keys differ in more than case.',
      'A variable FEDCTL_… in the environment holds something else: booleans are 1, true, 0 or false.',
    ],
    apart: {
      'aws.request-refused': 'The same, found by AWS.',
      'usage.invalid-command-line': 'There a value is missing.',
    },
    type: ['env | grep ^FEDCTL_', 'fedctl token --help'],
    sources: ['https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html'],
    evidence: 'provoked',
  },
  'usage.missing-audience': {
    meaning:
      'A token is made for somebody, and nobody is named. A default would be a token that some relying party takes by accident.',
    shows: { fedctl: 'No audience is given: who is the token for?' },
    causes: ['FEDCTL_AUDIENCE is not set in this process.', 'The variable is set and empty.'],
    apart: {
      'jwt.audience-mismatch': 'There an audience is named, and another one is expected.',
      'usage.missing-uri': 'There the connection string is missing.',
    },
    type: ['fedctl token --audience <audience>', 'export FEDCTL_AUDIENCE=<audience>'],
    sources: [
      'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html',
      'RFC 7519 section 4.1.3',
    ],
    evidence: 'provoked',
  },
  'usage.missing-uri': {
    meaning: 'No cluster is named: neither --uri nor FEDCTL_URI.',
    shows: { fedctl: 'No connection string is given: connect to what?' },
    causes: ['FEDCTL_URI is not set in this process.'],
    apart: {
      'mongo.uri-invalid': 'There a text is given that is no connection string.',
      'usage.missing-audience': 'There the audience is missing.',
    },
    type: [
      "fedctl connect --uri 'mongodb+srv://<host>/' --audience <audience>",
      "export FEDCTL_URI='mongodb+srv://<host>/'",
      'atlas clusters connectionStrings describe <cluster>',
    ],
    sources: ['https://www.mongodb.com/docs/manual/reference/connection-string/'],
    evidence: 'provoked',
  },
  'usage.nothing-to-check': {
    meaning:
      'What --only and --skip leave of the checks has nothing to examine for this target. Exit code 0 would say that something was examined.',
    shows: {
      fedctl: [
        'and there is nothing to examine:',
        'names no check that this target asks for.',
        '--skip leaves no check to run.',
      ],
    },
    causes: [
      'The check belongs to an option that is not given, such as --soak or --api.',
      'The check belongs to the other mechanism.',
      'There is nothing to examine here, such as TLS where a database on this machine is reached without it.',
    ],
    apart: {
      'usage.missing-uri': 'There a connection string would be needed.',
      'usage.invalid-value': 'There no check has the name.',
    },
    type: ['fedctl check --list'],
    sources: ['fedctl check --help'],
    evidence: 'provoked',
  },
  'usage.token-as-argument': {
    meaning:
      'A token was given as an argument, where every user of the machine can read it in the list of processes. It is not repeated here. Take it for lost if others use this machine: it cannot be revoked, and ends by itself within the hour.',
    shows: { fedctl: 'A token was given as' },
    causes: [
      'The token was pasted after the command.',
      '$(…) puts the answer of a command into the arguments.',
    ],
    apart: {
      'jwt.not-a-jwt': 'There a file or a pipe held no token.',
      'mongo.password-in-uri': 'The same rule for passwords.',
    },
    type: [
      'fedctl token --audience <audience> | fedctl verify - --audience <audience>',
      'fedctl decode <file>',
    ],
    sources: ['proc(5), /proc/pid/cmdline'],
    evidence: 'provoked',
  },
  'usage.needs-confirmation': {
    meaning: 'The command changes something for the whole account, and there is no terminal to ask on.',
    shows: { fedctl: 'Disabling outbound federation for the whole account <account> needs a confirmation.' },
    causes: ['It runs in a script, in CI, or with --no-input.'],
    apart: {
      'usage.not-confirmed': 'There somebody was asked, and typed something else.',
      'aws.mfa-needed': 'There a code is to be asked for.',
    },
    type: ['fedctl whoami', 'fedctl disable --yes'],
    sources: ['fedctl disable --help'],
    evidence: 'provoked',
  },
  'usage.not-confirmed': {
    meaning: 'What was typed is not the id of the account that would be changed. Nothing was changed.',
    shows: { fedctl: 'Nothing was changed: what was typed is not the account id' },
    causes: [
      'A typing error.',
      'The keys are those of another account than you thought: the question has done its work.',
    ],
    apart: {
      'usage.needs-confirmation': 'There nobody could be asked.',
      'iam.permission-missing': 'There AWS does not allow the change.',
    },
    type: ['fedctl whoami', 'fedctl disable'],
    sources: ['fedctl disable --help'],
    evidence: 'provoked',
  },
});
