import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { agentConfigSchema, readAgentConfig } from '../../../src/lib/config/agent-config.ts';
import { isFedctlError } from '../../../src/lib/core/errors.ts';

const read = (text: string) => readAgentConfig(text, { file: 'agent.yaml', directory: '/etc/fedctl' });

function faultsOf(text: string): unknown {
  try {
    read(text);
    return [];
  } catch (error) {
    if (!isFedctlError(error) || error.code !== 'config.invalid') throw error;
    return error.details['evidence'];
  }
}

describe('the configuration of an agent', () => {
  test('lists token files and endpoints', () => {
    const text = `
tokenFiles:
  - { path: atlas, audience: my-atlas }
  - { path: /run/api, audience: a, signingAlgorithm: ES384, duration: auto, mode: "640", roleArn: "arn:aws:iam::123456789012:role/app", externalId: "id" }
credentialsEndpoints:
  - { address: "[::1]:9911", authorizationTokenFile: endpoint }`;
    const nobody = { roleArn: null, externalId: null, sessionName: null };
    expect(read(text)).toEqual({
      tokenFiles: [
        {
          path: '/etc/fedctl/atlas',
          audience: 'my-atlas',
          signingAlgorithm: 'RS256',
          durationSeconds: 300,
          mode: 0o600,
          ...nobody,
        },
        {
          path: '/run/api',
          audience: 'a',
          signingAlgorithm: 'ES384',
          durationSeconds: 'auto',
          mode: 0o640,
          roleArn: 'arn:aws:iam::123456789012:role/app',
          externalId: 'id',
          sessionName: null,
        },
      ],
      credentialsEndpoints: [
        { host: '::1', port: 9911, authorizationTokenFile: '/etc/fedctl/endpoint', mode: 0o600, ...nobody },
      ],
    });
  });

  test.each([
    ['nothing', '', 'requires tokenFiles or credentialsEndpoints'],
    ['an unknown key', 'tokenFiles: [{ path: a, audience: b, audiance: c }]', 'audiance'],
    ['a number for a mode', 'tokenFiles: [{ path: a, audience: b, mode: 0640 }]', 'mode'],
    [
      'a mode that is none',
      'tokenFiles: [{ path: a, audience: b, mode: "999" }]',
      'must be an octal mode in quotes',
    ],
    [
      'a life that AWS refuses',
      'tokenFiles: [{ path: a, audience: b, duration: 2h }]',
      'must be from 60 to 3600 seconds',
    ],
    [
      'one file twice',
      'tokenFiles: [{ path: a, audience: b }, { path: a, audience: c }]',
      'another output already writes the file a',
    ],
    [
      'an address that others reach',
      'credentialsEndpoints: [{ address: "0.0.0.0:9911", authorizationTokenFile: t }]',
      'must be a loopback address with a port',
    ],
  ])('refuses %s', (_what, text, fault) => {
    expect(JSON.stringify(faultsOf(text))).toContain(fault);
  });

  test('has a schema that editors read', () => {
    const file = new URL('../../../schemas/agent-config.v1.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(agentConfigSchema());
    const validate = new Ajv2020({ strict: true }).compile(agentConfigSchema());
    expect(validate(parse('tokenFiles: [{ path: a, audience: b }]'))).toBe(true);
    expect(validate(parse('tokenFiles: [{ path: a }]'))).toBe(false);
  });
});
