import { randomBytes, randomInt } from 'node:crypto';
import { Secret } from '../../secret.ts';
import { generateSigningKeys } from '../issuer/signing-keys.ts';
import type { LabLog } from '../log.ts';
import { FederationSwitch } from './federation-switch.ts';
import type { LabAccount, LabRole, LabSession, LabUser, Tags } from './identities.ts';

export interface AwsWorldOptions {
  readonly now: () => Date;
  readonly log: LabLog;
  /** How long STS takes to follow the switch of an account: 0 here, 8 to 12 seconds at AWS (facts/aws.md 1). */
  readonly propagationMs?: number;
}

/** What a session is made of. No rule is applied: a test may want one that has expired already. */
export interface SessionFacts {
  readonly principal: LabUser | LabRole;
  readonly expiresAt: Date;
  /** For roles; `lab` unless given. */
  readonly sessionName?: string;
  readonly tags?: Tags;
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string | null;
  /** Length of the session token in characters, if it has to be longer than usual. */
  readonly minimumTokenSize?: number;
}

/** The accounts, identities, keys and sessions of the lab: plain state. */
export interface AwsWorld {
  readonly accounts: readonly LabAccount[];
  readonly users: readonly LabUser[];
  readonly roles: readonly LabRole[];
  account(id: string): LabAccount;
  /** `operator`, `no-mint`, `org-operator` */
  user(name: string): LabUser;
  /** `app`, `etl` */
  role(name: string): LabRole;
  /** Turns an account's outbound federation on or off, as IAM does. */
  setFederation(accountId: string, enabled: boolean): void;
  createSession(facts: SessionFacts): LabSession;
  /** Whose access key this is. Expired sessions are found too: AWS says "expired", not "unknown". */
  holderOf(accessKeyId: string): LabUser | LabSession | undefined;
}

const USUAL_TOKEN_SIZE = 380;

/** Makes the lab's two accounts with fresh keys and secrets. Federation is disabled in both. */
export async function createAwsWorld({ now, log, propagationMs = 0 }: AwsWorldOptions): Promise<AwsWorld> {
  const [ownKeys, orgKeys] = await Promise.all([generateSigningKeys(), generateSigningKeys()]);
  const own: LabAccount = {
    id: '123456789012',
    organization: null,
    federation: new FederationSwitch({ now, propagationMs }),
    keys: ownKeys,
    issuer: '',
  };
  const org: LabAccount = {
    id: '210987654321',
    organization: { id: 'o-lab4fedctl', ouPaths: ['o-lab4fedctl/r-lab1/ou-lab1-workloads/'] },
    federation: new FederationSwitch({ now, propagationMs }),
    keys: orgKeys,
    issuer: '',
  };
  const operator = createUser(own, 'operator', { allowed: 'everything' });
  const app = createRole(own, 'app', {
    path: '/',
    trusts: [operator.arn],
    externalId: null,
    maxSessionSeconds: 3600,
    allowed: new Set([
      'sts:GetWebIdentityToken',
      'sts:TagGetWebIdentityToken',
      'sts:AssumeRole',
      'sts:TagSession',
      'sts:SetSourceIdentity',
    ]),
  });
  const users = [
    operator,
    createUser(own, 'no-mint', { allowed: new Set() }),
    createUser(org, 'org-operator', {
      allowed: 'everything',
      tags: { Team: 'platform', 'cost-center': '42' },
    }),
  ];
  const roles = [
    app,
    createRole(own, 'etl', {
      path: '/team/data/',
      // `app` may assume it too, so that role chaining can be seen.
      trusts: [operator.arn, app.arn],
      externalId: 'lab-external-id',
      maxSessionSeconds: 43_200,
      allowed: new Set(['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken']),
      tags: { Team: 'data', Stage: 'lab' },
    }),
  ];
  return new World({ log, accounts: [own, org], users, roles });
}

class World implements AwsWorld {
  readonly accounts: readonly LabAccount[];
  readonly users: readonly LabUser[];
  readonly roles: readonly LabRole[];
  readonly #log: LabLog;
  readonly #holders = new Map<string, LabUser | LabSession>();

  constructor({
    log,
    accounts,
    users,
    roles,
  }: Pick<AwsWorld, 'accounts' | 'users' | 'roles'> & { log: LabLog }) {
    this.#log = log;
    this.accounts = accounts;
    this.users = users;
    this.roles = roles;
    for (const user of users) this.#holders.set(user.accessKeyId, user);
  }

  account(id: string): LabAccount {
    return found(this.accounts, (account) => account.id === id, id);
  }

  user(name: string): LabUser {
    return found(this.users, (user) => user.name === name, name);
  }

  role(name: string): LabRole {
    return found(this.roles, (role) => role.name === name, name);
  }

  setFederation(accountId: string, enabled: boolean): void {
    if (!this.account(accountId).federation.set(enabled)) return;
    this.#log.add({
      hop: 'iam',
      action: 'setFederation',
      principal: null,
      decision: 'info',
      reason: `outbound federation of account ${accountId} was ${enabled ? 'enabled' : 'disabled'} by the lab itself`,
    });
  }

  createSession(facts: SessionFacts): LabSession {
    const session: LabSession = {
      principal: facts.principal,
      accessKeyId: uniqueId('ASIA'),
      secretAccessKey: secretKey(),
      sessionToken: new Secret(sessionToken(facts.minimumTokenSize ?? 0)),
      // AWS gives and keeps whole seconds here (facts/aws.md 13.2).
      expiresAt: new Date(Math.floor(facts.expiresAt.getTime() / 1000) * 1000),
      sessionName: facts.principal.kind === 'role' ? (facts.sessionName ?? 'lab') : null,
      tags: facts.tags ?? {},
      transitiveTagKeys: facts.transitiveTagKeys ?? [],
      sourceIdentity: facts.sourceIdentity ?? null,
    };
    this.#holders.set(session.accessKeyId, session);
    return session;
  }

  holderOf(accessKeyId: string): LabUser | LabSession | undefined {
    return this.#holders.get(accessKeyId);
  }
}

function createUser(
  account: LabAccount,
  name: string,
  given: Pick<LabUser, 'allowed'> & { readonly tags?: Tags },
): LabUser {
  return {
    kind: 'user',
    account,
    name,
    arn: `arn:aws:iam::${account.id}:user/${name}`,
    id: uniqueId('AIDA'),
    tags: {},
    ...given,
    accessKeyId: uniqueId('AKIA'),
    secretAccessKey: secretKey(),
  };
}

function createRole(
  account: LabAccount,
  name: string,
  {
    path,
    ...given
  }: Pick<LabRole, 'allowed' | 'trusts' | 'externalId' | 'maxSessionSeconds'> & {
    readonly path: string;
    readonly tags?: Tags;
  },
): LabRole {
  return {
    kind: 'role',
    account,
    name,
    arn: `arn:aws:iam::${account.id}:role${path}${name}`,
    id: uniqueId('AROA'),
    tags: {},
    ...given,
  };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A prefix that tells the kind, and 16 more characters, as IAM's unique ids and access key ids have them. */
function uniqueId(prefix: 'AKIA' | 'ASIA' | 'AIDA' | 'AROA'): string {
  return prefix + Array.from({ length: 16 }, () => BASE32[randomInt(BASE32.length)]).join('');
}

/** 40 characters of base64. */
function secretKey(): Secret {
  return new Secret(randomBytes(30).toString('base64'));
}

function sessionToken(minimumSize: number): string {
  const size = Math.max(USUAL_TOKEN_SIZE, minimumSize);
  return randomBytes(size).toString('base64').slice(0, size);
}

/** The world is fixed, so a name that it lacks is a mistake of the program that asks. */
function found<T>(all: readonly T[], matches: (one: T) => boolean, name: string): T {
  const one = all.find(matches);
  if (one === undefined) throw new RangeError(`the lab's AWS has no "${name}"`);
  return one;
}
