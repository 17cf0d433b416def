import type { z } from 'zod';
import { BUILT_IN_AWS } from '../aws/description.ts';
import { SandboxConfig } from './schema.ts';

/** A conflict between fields of a configuration. Each of these fields alone is valid. */
export interface CrossFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function crossFaults(config: SandboxConfig): readonly CrossFault[] {
  return [...accountFaults(config), ...roleFaults(config), ...relyingPartyFaults(config)];
}

function* accountFaults({ accounts }: SandboxConfig): Iterable<CrossFault> {
  if (accounts === undefined) return;
  if ((accounts[0]?.users ?? []).length === 0) {
    yield {
      path: ['accounts', 0],
      message: 'the first account requires a user; the first user is the principal of the lab',
    };
  }
  for (const [index, id] of repeated(accounts, (one) => one.id)) {
    yield { path: ['accounts', index, 'id'], message: `duplicate account ${id}` };
  }
  const principals = accounts.flatMap(({ users = [], roles = [] }, at) => [
    ...users.map((one, index) => ({ one, path: ['accounts', at, 'users', index] })),
    ...roles.map((one, index) => ({ one, path: ['accounts', at, 'roles', index] })),
  ]);
  for (const [index, profile] of repeated(principals, ({ one }) => one.profile ?? one.name)) {
    yield {
      path: [...(principals[index]?.path ?? []), 'name'],
      message: `duplicate profile ${profile}: set a different name with "profile"`,
    };
  }
}

function* roleFaults({ accounts = [] }: SandboxConfig): Iterable<CrossFault> {
  for (const [at, { roles = [] }] of accounts.entries()) {
    for (const [index, { trusts, externalId, needsMfa, trustPolicy }] of roles.entries()) {
      const path = ['accounts', at, 'roles', index];
      if (trustPolicy === undefined && trusts === undefined) {
        yield {
          path,
          message: 'requires trusts or trustPolicy; otherwise, no principal can assume the role',
        };
      }
      if (trustPolicy !== undefined && (trusts ?? externalId ?? needsMfa) !== undefined) {
        const message = 'cannot be combined with trusts, externalId or needsMfa';
        yield { path: [...path, 'trustPolicy'], message };
      }
    }
  }
}

function* relyingPartyFaults(config: SandboxConfig): Iterable<CrossFault> {
  const { accounts = BUILT_IN_AWS.accounts, identityProviders = [], databaseUsers = [] } = config;
  const ids = accounts.map(({ id }) => id);
  for (const [index, { account, issuer }] of identityProviders.entries()) {
    const path = ['identityProviders', index];
    if (account !== undefined && issuer !== undefined) {
      yield { path: [...path, 'issuer'], message: 'cannot be combined with account' };
    }
    if (account !== undefined && !ids.includes(account)) {
      const message = `the lab has no account ${account}; accounts: ${ids.join(', ')}`;
      yield { path: [...path, 'account'], message };
    }
  }
  for (const [index, name] of repeated(identityProviders, (one) => one.name)) {
    const message = `duplicate identity provider ${name}`;
    yield { path: ['identityProviders', index, 'name'], message };
  }
  for (const [index, { identityProvider }] of databaseUsers.entries()) {
    if (identityProvider === undefined || identityProviders.some(({ name }) => name === identityProvider))
      continue;
    const message = `this file has no identity provider ${identityProvider}`;
    yield { path: ['databaseUsers', index, 'identityProvider'], message };
  }
}

/** Returns the position and the key of each element whose key equals the key of an earlier element. */
function repeated<T>(all: readonly T[], keyOf: (one: T) => string): readonly (readonly [number, string])[] {
  const keys = all.map(keyOf);
  return keys.flatMap((key, index) => (keys.indexOf(key) < index ? [[index, key] as const] : []));
}

/** The schema of a configuration file, including the rules that involve more than one field. */
export const ConsistentSandboxConfig: z.ZodType<SandboxConfig> = SandboxConfig.superRefine(
  (config, context) => {
    for (const { path, message } of crossFaults(config)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  },
);
