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
 * `fedctl.yaml`, as somebody writes it. Keys are those of the flags. What a key is for stands in its description, for
 * editors.
 *
 * Targets are a mapping by name: the name stands first, YAML itself refuses two of one name, and a fault reads
 * `targets.production.uri` instead of `targets[3].uri`.
 */

export const CHECK_CONFIG_ID = 'https://fedctl.dev/schemas/fedctl.v1.json';

/** As a JSON Schema has it: a text that reads a variable is judged when its value is known. */
const WITH_VARIABLE = '\\$\\{FEDCTL_VAR_';

const anything = () => null;

const duration = z.union(
  [
    z.int().superRefine((seconds, context) => {
      const message = durationFault(seconds);
      if (message !== null) context.addIssue({ code: 'custom', message });
    }),
    text((value) => durationFault(parseDuration(value)), {
      description: 'Such as 90s, 5m or 1h.',
      pattern: '^[0-9]+[smh]?$',
    }),
  ],
  { error: 'must be seconds, or a duration such as 90s, 5m or 1h' },
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
    description:
      'Connection string of the cluster, without a password. Without it, the database is left out.',
    pattern: '^mongodb([+]srv)?://',
    examples: ['mongodb+srv://cluster0.example.mongodb.net/'],
  }),
  mechanism: z
    .enum(MECHANISM_CHOICES)
    .meta({ description: 'How to log in; as the connection string says unless given, else oidc.' }),
  audience: text(audienceFault, {
    description:
      'Whom the token is for: the audience of the identity provider. Without it, nothing is minted.',
  }),
  signingAlgorithm: z
    .enum(SIGNING_ALGORITHMS)
    .meta({ description: 'How AWS signs the token; RS256 unless given.' }),
  duration: duration.meta({ description: 'How long the token lives: 60 to 3600 seconds; 5m unless given.' }),
  tokenFile: text(
    (value) => (value === '-' ? 'must be a file: stdin is for the option --token-file' : null),
    {
      description:
        'Check this very token, which an application reads from the file, instead of one that is minted. Relative to the folder of this file.',
    },
  ),
  roleArn: text(roleValueFault('roleArn'), {
    description: 'Assume this role first, as the workload does.',
    pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/',
  }),
  externalId: text(roleValueFault('externalId'), { description: 'External id that the role asks for.' }),
  sessionName: text(roleValueFault('sessionName'), {
    description: 'Name of the role session; fedctl-<user> unless given.',
  }),
  mfaSerial: text(roleValueFault('mfaSerial'), {
    description: 'MFA device whose code the role wants; the code is asked for.',
  }),
  profile: text(anything, { description: 'AWS profile.' }),
  region: text(regionFault, { description: 'AWS Region.', pattern: '^[a-z0-9-]+$' }),
  issuer: text(issuerFault, {
    description: 'What the token must name as its issuer, byte for byte; that of the account unless given.',
    pattern: '^https?://',
  }),
  subject: text(anything, {
    description: 'What the subject of the token must be; * stands for anything.',
    examples: ['arn:aws:iam::123456789012:role/app'],
  }),
  privileges: z
    .array(
      text(privilegeFault, {
        description: 'An action of MongoDB on a database or a collection.',
        pattern: '^[A-Za-z]+@.+$',
        examples: ['insert@app.visits', 'find@app'],
      }),
    )
    .meta({ description: 'What the database user must be allowed.' }),
  writeProbe: writeProbe.meta({
    description: 'Insert, find and delete a document of its own: there, or in fedctl.probe for true.',
  }),
  api: text(urlFault, {
    description: 'An HTTP API that takes the token, by its https URL.',
    pattern: '^https?://',
  }),
  atlasProject: text(atlasProjectFault, {
    description:
      'The project of the cluster in Atlas, by its id; what MONGODB_ATLAS_PROJECT_ID names unless given.',
    pattern: '^[0-9a-f]{24}$',
  }),
  atlasCluster: text(
    (value) => (/^[A-Za-z0-9-]{1,64}$/.test(value) ? null : 'must be letters, digits and hyphens'),
    {
      description: 'The name of the cluster in Atlas; found by its connection string unless given.',
      pattern: '^[A-Za-z0-9-]{1,64}$',
    },
  ),
  dnsServer: text(nameServerFault, {
    description: 'Ask this DNS server for the names of the cluster: an IP address and its port.',
    examples: ['127.0.0.1:5353'],
  }),
});

export const CheckSettings = settings.partial();
export type CheckSettings = z.infer<typeof CheckSettings>;

/** Begins with a letter or digit, and has a letter: YAML makes numbers of the rest, and 1.10 would become 1.1. */
const targetName = z
  .string()
  .regex(
    /^(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be a name of letters, digits, dots, underscores and hyphens, with a letter in it',
  );

export const CheckConfig = z
  .strictObject({
    // Null, because that is what is left of a mapping whose keys are all commented out.
    defaults: CheckSettings.nullable()
      .optional()
      .meta({ description: "For every target; a target's own keys beat these." }),
    targets: z
      .record(targetName, CheckSettings.nullable())
      .refine((targets) => Object.keys(targets).length > 0, 'is empty: nothing would be checked')
      .meta({ description: 'The chains to check, by names of your choice.' }),
  })
  // Also where something else is wrong, so that all is told at once.
  .superRefine(
    (config, context) => {
      for (const { path, message } of crossFaults(config)) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
    },
    { when: () => true },
  );

export type CheckConfig = z.infer<typeof CheckConfig>;

/** The published schema, for editors: draft 2020-12. What spans several keys is checked by fedctl alone. */
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
    title: 'What fedctl check checks (fedctl.yaml)',
    ...schema,
  };
}
