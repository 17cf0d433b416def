import { resolve } from 'node:path';
import * as z from 'zod';
import { parseDuration } from '../core/duration.ts';
import { isLoopbackHost } from '../core/hosts.ts';
import { DEFAULT_DURATION_SECONDS, SIGNING_ALGORITHMS } from '../core/token.ts';
import { text } from './text-key.ts';
import { audienceFault, durationFault, roleValueFault } from './value-faults.ts';
import { readYaml } from './yaml-document.ts';

/**
 * The ID of the JSON Schema for the file of `fedctl agent --config`. Editors show the descriptions of the
 * keys.
 */

const AGENT_CONFIG_ID = 'agent-config.v1.json';

const REMEDY =
  'Correct the lines above. The JSON Schema schemas/agent-config.v1.json lists the valid values of each key.';

const anything = () => null;

const role = {
  roleArn: text(
    roleValueFault('roleArn'),
    'ARN of the role that the agent assumes before it requests tokens or credentials.',
  ).optional(),
  externalId: text(
    roleValueFault('externalId'),
    'External ID that the trust policy of the role requires.',
  ).optional(),
  sessionName: text(roleValueFault('sessionName'), 'Name of the role session.').optional(),
};

const mode = text(
  (value) => (/^0?[0-7]{3}$/.test(value) ? null : 'must be an octal mode in quotes, such as "0640"'),
  'Permission bits of the file, octal and in quotes (default: "0600").',
).optional();

const tokenFile = z.strictObject({
  path: text(anything, 'Path of the token file, relative to the directory of this configuration file.'),
  audience: text(audienceFault, 'Audience of the token.'),
  signingAlgorithm: z
    .enum(SIGNING_ALGORITHMS)
    .optional()
    .meta({ description: 'Signing algorithm of the token (default: RS256).' }),
  duration: text(
    (value) => (value === 'auto' ? null : durationFault(parseDuration(value))),
    'Lifetime of the token: a duration such as 5m, or auto for the longest possible lifetime (default: 5m).',
  ).optional(),
  mode,
  ...role,
});

const credentialsEndpoint = z.strictObject({
  address: text(
    (value) =>
      readAddress(value) === null ? 'must be a loopback address with a port, such as 127.0.0.1:9911' : null,
    'Loopback address and port to listen on.',
  ),
  authorizationTokenFile: text(
    anything,
    'File for the authorization token that clients send (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE). The path is relative to the directory of this configuration file. The agent writes a new token at each start.',
  ),
  mode,
  ...role,
});

const AgentConfig = z
  .strictObject({
    tokenFiles: z.array(tokenFile).optional().meta({ description: 'Token files that the agent renews.' }),
    credentialsEndpoints: z.array(credentialsEndpoint).optional().meta({
      description: 'Endpoints that serve session credentials in the format of AWS container credentials.',
    }),
  })
  .superRefine(({ tokenFiles = [], credentialsEndpoints = [] }, context) => {
    if (tokenFiles.length + credentialsEndpoints.length === 0)
      context.addIssue({ code: 'custom', message: 'requires tokenFiles or credentialsEndpoints' });
    const files = [
      ...tokenFiles.map(({ path }, index) => ({ file: path, path: ['tokenFiles', index, 'path'] })),
      ...credentialsEndpoints.map(({ authorizationTokenFile: file }, index) => ({
        file,
        path: ['credentialsEndpoints', index, 'authorizationTokenFile'],
      })),
    ];
    for (const [index, { file, path }] of files.entries()) {
      if (files.findIndex((other) => other.file === file) < index)
        context.addIssue({ code: 'custom', path, message: `another output already writes the file ${file}` });
    }
  });

interface RoleSettings {
  readonly roleArn: string | null;
  readonly externalId: string | null;
  readonly sessionName: string | null;
}

export interface TokenFileSettings extends RoleSettings {
  /** Absolute. */
  readonly path: string;
  readonly audience: string;
  readonly signingAlgorithm: 'RS256' | 'ES384';
  readonly durationSeconds: number | 'auto';
  readonly mode: number;
}

export interface CredentialsEndpointSettings extends RoleSettings {
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly authorizationTokenFile: string;
  readonly mode: number;
}

/** The token files and credentials endpoints that an agent keeps valid. */
export interface AgentSettings {
  readonly tokenFiles: readonly TokenFileSettings[];
  readonly credentialsEndpoints: readonly CredentialsEndpointSettings[];
}

/**
 * Parses the configuration of an agent.
 *
 * @param place the file name for messages, and the directory to which paths in the file are relative
 * @throws FedctlError config.invalid with every error found, each with its line and column
 */
export function readAgentConfig(
  text: string,
  { file, directory }: { readonly file: string; readonly directory: string },
): AgentSettings {
  const { tokenFiles = [], credentialsEndpoints = [] } = readYaml(AgentConfig, text, file, {
    remedy: REMEDY,
  });
  return {
    tokenFiles: tokenFiles.map((given) => ({
      ...roleOf(given),
      path: resolve(directory, given.path),
      audience: given.audience,
      signingAlgorithm: given.signingAlgorithm ?? 'RS256',
      durationSeconds:
        given.duration === 'auto'
          ? 'auto'
          : (parseDuration(given.duration ?? '') ?? DEFAULT_DURATION_SECONDS),
      mode: modeOf(given.mode),
    })),
    credentialsEndpoints: credentialsEndpoints.map((given) => ({
      ...roleOf(given),
      ...(readAddress(given.address) ?? { host: '127.0.0.1', port: 0 }),
      authorizationTokenFile: resolve(directory, given.authorizationTokenFile),
      mode: modeOf(given.mode),
    })),
  };
}

/**
 * Returns the published schema for editors (JSON Schema 2020-12). The schema does not contain the rules that
 * involve more than one key. Only fedctl checks these rules.
 */
export function agentConfigSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(AgentConfig, { io: 'input' });
  return { $schema, $id: AGENT_CONFIG_ID, title: 'Configuration of "fedctl agent" (--config)', ...schema };
}

function roleOf({
  roleArn,
  externalId,
  sessionName,
}: Partial<Record<keyof typeof role, string | undefined>>) {
  return { roleArn: roleArn ?? null, externalId: externalId ?? null, sessionName: sessionName ?? null };
}

function modeOf(given: string | undefined): number {
  return Number.parseInt(given ?? '0600', 8);
}

function readAddress(given: string): { readonly host: string; readonly port: number } | null {
  const [, v6, v4, port = ''] = /^(?:\[([0-9a-f:.]+)\]|([\w.]+)):(\d{1,5})$/i.exec(given) ?? [];
  const host = v6 ?? v4 ?? '';
  return isLoopbackHost(host) && Number(port) > 0 && Number(port) < 65_536
    ? { host, port: Number(port) }
    : null;
}
