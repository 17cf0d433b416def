import * as z from 'zod';
import { parseDuration } from '../core/duration.ts';
import { SIGNING_ALGORITHMS } from '../core/token.ts';
import { MECHANISM_CHOICES } from '../uri/mechanism.ts';
import { crossFaults } from './cross-faults.ts';
import { text } from './text-key.ts';
import {
  atlasProjectFault,
  audienceFault,
  durationFault,
  issuerFault,
  nameServerFault,
  privilegeFault,
  regionFault,
  roleValueFault,
  uriFault,
  urlFault,
  writeProbeFault,
} from './value-faults.ts';

/**
 * The schema of `fedctl.yaml`. The keys have the same names as the command-line options. Editors show the
 * descriptions of the keys.
 *
 * Targets are a mapping by name instead of a list. As a result, YAML rejects duplicate names, and an error
 * contains `targets.production.uri` instead of `targets[3].uri`.
 */

export const CHECK_CONFIG_ID = 'fedctl.v1.json';

/**
 * Part of the patterns in the JSON Schema. With this part, editors accept any text that contains a variable.
 * fedctl replaces the variable and then validates the text.
 */
const WITH_VARIABLE = '\\$\\{FEDCTL_VAR_';

const anything = () => null;

const duration = z.union(
  [
    z.int().superRefine((seconds, context) => {
      const message = durationFault(seconds);
      if (message !== null) context.addIssue({ code: 'custom', message });
    }),
    text((value) => durationFault(parseDuration(value)), {
      description: 'A duration such as 90s, 5m or 1h.',
      pattern: '^[0-9]+[smh]?$',
    }),
  ],
  { error: 'must be a number of seconds, or a duration such as 90s, 5m or 1h' },
);

const writeProbe = z.union(
  [
    z.boolean(),
    text(writeProbeFault, { description: 'A database and a collection.', pattern: '^[^.]+[.].+$' }),
  ],
  { error: 'must be true, false, or a database and a collection such as app.probe' },
);

const settings = z.strictObject({
  uri: text(uriFault, {
    description: 'Connection string of the cluster, without a password. Required for the database checks.',
    pattern: '^mongodb([+]srv)?://',
    examples: ['mongodb+srv://cluster0.example.mongodb.net/'],
  }),
  mechanism: z.enum(MECHANISM_CHOICES).meta({
    description: 'Authentication mechanism (default: the mechanism in the connection string, or oidc).',
  }),
  audience: text(audienceFault, {
    description: 'Audience of the token and of the identity provider. Required to mint a token.',
  }),
  signingAlgorithm: z
    .enum(SIGNING_ALGORITHMS)
    .meta({ description: 'Signing algorithm of the token (default: RS256).' }),
  duration: duration.meta({ description: 'Lifetime of the token, from 1m to 1h (default: 5m).' }),
  tokenFile: text(
    (value) =>
      value === '-' ? 'must be a file; only the option --token-file can read standard input' : null,
    {
      description:
        'Token file to check instead of a minted token. The path is relative to the directory of this configuration file.',
    },
  ),
  roleArn: text(roleValueFault('roleArn'), {
    description: 'ARN of the role of the workload. fedctl assumes this role first.',
    pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/',
  }),
  externalId: text(roleValueFault('externalId'), {
    description: 'External ID that the trust policy of the role requires.',
  }),
  sessionName: text(roleValueFault('sessionName'), {
    description: 'Name of the role session (default: fedctl-<user>).',
  }),
  mfaSerial: text(roleValueFault('mfaSerial'), {
    description:
      'ARN or serial number of the MFA device that the role requires. fedctl prompts for the MFA code.',
  }),
  profile: text(anything, { description: 'AWS profile.' }),
  region: text(regionFault, { description: 'AWS Region.', pattern: '^[a-z0-9-]+$' }),
  issuer: text(issuerFault, {
    description: 'Expected issuer of the token, compared byte for byte (default: the issuer of the account).',
    pattern: '^https?://',
  }),
  subject: text(anything, {
    description: 'Expected subject of the token; * matches any text.',
    examples: ['arn:aws:iam::123456789012:role/app'],
  }),
  privileges: z
    .array(
      text(privilegeFault, {
        description: 'A MongoDB action on a database or a collection.',
        pattern: '^[A-Za-z]+@.+$',
        examples: ['insert@app.visits', 'find@app'],
      }),
    )
    .meta({ description: 'Privileges that the database user must have.' }),
  writeProbe: writeProbe.meta({
    description:
      'Collection in which fedctl inserts, finds and deletes a test document. true means fedctl.probe.',
  }),
  api: text(urlFault, {
    description: 'The https URL of an HTTP API that accepts the token.',
    pattern: '^https?://',
  }),
  atlasProject: text(atlasProjectFault, {
    description: 'ID of the Atlas project of the cluster (default: MONGODB_ATLAS_PROJECT_ID).',
    pattern: '^[0-9a-f]{24}$',
  }),
  atlasCluster: text(
    (value) => (/^[A-Za-z0-9-]{1,64}$/.test(value) ? null : 'must consist of letters, digits and hyphens'),
    {
      description: 'Name of the cluster in Atlas (default: the cluster of the connection string).',
      pattern: '^[A-Za-z0-9-]{1,64}$',
    },
  ),
  dnsServer: text(nameServerFault, {
    description: 'DNS server for the host names of the cluster: an IP address and a port.',
    examples: ['127.0.0.1:5353'],
  }),
});

export const CheckSettings = settings.partial();
export type CheckSettings = z.infer<typeof CheckSettings>;

/**
 * A target name begins with a letter or digit and contains a letter. YAML would parse a name without a letter
 * as a number: 1.10 would become 1.1.
 */
const targetName = z
  .string()
  .regex(
    /^(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must consist of letters, digits, dots, underscores and hyphens, and must contain at least one letter',
  );

export const CheckConfig = z
  .strictObject({
    // The value can be null: YAML parses a mapping as null when all of its keys are commented out.
    defaults: CheckSettings.nullable()
      .optional()
      .meta({ description: 'Default settings for all targets. The settings of a target take precedence.' }),
    targets: z
      .record(targetName, CheckSettings.nullable())
      .refine((targets) => Object.keys(targets).length > 0, 'is empty: there is nothing to check')
      .meta({ description: 'The targets to check, by name.' }),
  })
  // This check runs even if there are other errors, so that all errors are reported at once.
  .superRefine(
    (config, context) => {
      for (const { path, message } of crossFaults(config)) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
    },
    { when: () => true },
  );

export type CheckConfig = z.infer<typeof CheckConfig>;

/**
 * Returns the published schema for editors (JSON Schema 2020-12). The schema does not contain the rules that
 * involve more than one key. Only fedctl checks these rules.
 */
export function checkConfigSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(CheckConfig, {
    io: 'input',
    override: ({ jsonSchema }) => {
      const { pattern, enum: values } = jsonSchema;
      if (jsonSchema.type !== 'string' || (pattern ?? values) === undefined) return;
      delete jsonSchema.pattern;
      delete jsonSchema.enum;
      const own = values === undefined ? { pattern } : { enum: values };
      Object.assign(jsonSchema, { anyOf: [own, { pattern: WITH_VARIABLE }] });
    },
  });
  return {
    $schema,
    $id: CHECK_CONFIG_ID,
    title: 'Configuration of "fedctl check" (fedctl.yaml)',
    ...schema,
  };
}
