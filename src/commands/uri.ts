import { loginUri } from '../lib/auth/program-plan.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { Secret } from '../lib/core/secret.ts';
import { MECHANISM_NAMES } from '../lib/uri/mechanism.ts';
import { type Answer, command } from './command.ts';
import { mechanismOption, TOKEN_ENVIRONMENT } from './options/cluster.ts';
import { text } from './options/option.ts';

const OPTIONS = {
  uri: text('--uri <uri>', 'Connection string of the cluster, without a password'),
  mechanism: mechanismOption(
    'Authentication mechanism of the program (default: from the URI, or oidc)',
    MECHANISM_NAMES,
  ),
  environment: TOKEN_ENVIRONMENT,
} as const;

export const uri = command({
  arguments: '',
  examples: [
    "fedctl uri --uri 'mongodb+srv://cluster0.example.mongodb.net/'",
    'mongosh "$(fedctl uri)"                # requires FEDCTL_URI and AZURE_FEDERATED_TOKEN_FILE',
    'fedctl uri --mechanism aws',
  ],
  notes: `Replaces the authentication settings of the connection string: authMechanism, authSource,
authMechanismProperties and the user name. With ENVIRONMENT:k8s, a driver reads the token from the file in
AZURE_FEDERATED_TOKEN_FILE, even outside Kubernetes. ENVIRONMENT:k8s requires one of these versions or later:
Node.js driver 6.17, PyMongo 4.11, Go driver 2.2, Java driver 5.4, mongosh 2.3.5, MongoDB Database Tools 100.15. For
older drivers, use --environment test: the driver then reads the token from the file in OIDC_TOKEN_FILE.
ENVIRONMENT:test requires one of these versions or later: Node.js driver 6.7, PyMongo 4.7, Java driver 5.1.`,
  options: OPTIONS,
  async run({ options, warn }): Promise<Answer> {
    const { uri: given, mechanism, environment } = options;
    if (given === null) {
      throw new FedctlError('usage.missing-uri', {
        message: 'No connection string was given.',
        remedy: "Add --uri 'mongodb+srv://<host>/', or set FEDCTL_URI.",
      });
    }
    const read = loginUri(given, { mechanism, environment, otherwise: 'oidc' });
    for (const warning of read.warnings) warn(warning);
    const document = { schema: 'fedctl.uri/v1', uri: read.uri, mechanism: read.mechanism } as const;
    return {
      document,
      lines: [read.uri],
      // The connection string may contain a proxy password. fedctl prints this password, because the program
      // that uses the connection string needs it.
      discloses: [new Secret(read.uri)],
    };
  },
});
