import { epoch } from '../../lib/core/time.ts';
import type { GrantedRole } from '../../lib/trust/relying-party.ts';
import type { AtlasState } from '../atlas/state.ts';
import type { LabRole, LabUser } from '../aws/identities.ts';
import type { AwsWorld } from '../aws/world.ts';
import type { LabClock } from '../clock.ts';
import { HOPS, type Hop, type HopDelays } from '../delays.ts';
import type { PlayedScenario } from '../scenarios/played-scenario.ts';

/** The current state of the lab, as plain data without secrets. */
export interface LabStatus {
  readonly clock: LabTime;
  /** The emulated services and their URLs, such as `STS` at `http://127.0.0.1:…`. */
  readonly endpoints: readonly { readonly name: string; readonly url: string }[];
  readonly accounts: readonly {
    readonly id: string;
    readonly federation: 'enabled' | 'disabled';
    readonly issuer: string;
    readonly keyIds: readonly string[];
  }[];
  readonly identities: readonly {
    readonly kind: 'user' | 'role';
    readonly arn: string;
    /** The name of the profile that the user or role has in the lab's AWS config file. */
    readonly profile: string;
    /**
     * The actions that the user's or role's own policies allow if conditions are ignored; `*` for all
     * actions.
     */
    readonly may: readonly string[];
  }[];
  readonly identityProviders: readonly {
    readonly id: string;
    readonly displayName: string;
    readonly issuer: string;
    readonly audience: string;
    readonly userClaim: string;
    /**
     * Whether the organization is connected to the identity provider. The cluster rejects the tokens of
     * identity providers that are not connected.
     */
    readonly connected: boolean;
  }[];
  /** IP addresses in CIDR notation, and IDs of security groups. */
  readonly accessList: readonly string[];
  readonly databaseUsers: readonly {
    readonly username: string;
    readonly database: string;
    /** The mechanism that the user logs in with. */
    readonly mechanism: 'oidc' | 'aws' | 'none';
    readonly roles: readonly GrantedRole[];
  }[];
  /**
   * The MFA devices. `file` is the path of a file that contains an `otpauth` URL for an authenticator app.
   */
  readonly mfaDevices: readonly { readonly serial: string; readonly file: string }[];
  /** Number of connections to the MongoDB server. */
  readonly connections: number;
  /** The delay of each hop, in milliseconds. */
  readonly delays: Readonly<Record<Hop, number>>;
}

/** The time of the lab's clock, and its offset from the real time. */
export interface LabTime {
  /** The current time, in the format of RFC 3339. */
  readonly now: string;
  /** The current time in seconds since 1970. */
  readonly nowEpoch: number;
  readonly offsetSeconds: number;
}

/** The parts of a running lab that the control API reads and changes. @internal */
export interface LabParts {
  readonly clock: LabClock;
  readonly world: AwsWorld;
  readonly atlas: AtlasState;
  readonly mongod: { connections(): number; dropConnections(): number };
  readonly delays: HopDelays;
  readonly endpoints: LabStatus['endpoints'];
  readonly mfaDevices: readonly (readonly [serial: string, file: string])[];
  readonly scenarios: { play(name: string): Promise<PlayedScenario> };
}

/** @internal */
export function labTime(clock: LabClock): LabTime {
  const now = clock.now();
  return {
    now: now.toISOString(),
    nowEpoch: epoch(now),
    offsetSeconds: clock.offsetMs / 1000,
  };
}

/** @internal */
export function labStatus(parts: LabParts): LabStatus {
  const { clock, world, atlas, mongod, delays, endpoints } = parts;
  const delayOf = (hop: Hop): readonly [Hop, number] => [hop, delays.of(hop)];
  return {
    clock: labTime(clock),
    endpoints,
    accounts: world.accounts.map(({ id, federation, issuer, keys }) => ({
      id,
      federation: federation.enabled ? 'enabled' : 'disabled',
      issuer,
      keyIds: [keys.RS256.kid, keys.ES384.kid],
    })),
    identities: [...world.users, ...world.roles].map((identity) => ({
      kind: identity.kind,
      arn: identity.arn,
      profile: identity.profile,
      may: actionsOf(identity),
    })),
    identityProviders: atlas.identityProviders.map(({ id, displayName, issuer, audience, userClaim }) => ({
      id,
      displayName,
      issuer,
      audience,
      userClaim,
      connected: atlas.connectedIdentityProviderIds.includes(id),
    })),
    accessList: atlas.accessList.flatMap(
      ({ cidrBlock, awsSecurityGroup }) => cidrBlock ?? awsSecurityGroup ?? [],
    ),
    databaseUsers: atlas.databaseUsers.map((user) => ({
      username: user.username,
      database: user.database,
      mechanism: user.oidcAuthType !== 'NONE' ? 'oidc' : user.awsIAMType !== 'NONE' ? 'aws' : 'none',
      roles: user.roles,
    })),
    mfaDevices: parts.mfaDevices.map(([serial, file]) => ({ serial, file })),
    connections: mongod.connections(),
    // The cast is safe, because the object is built from HOPS and therefore contains every hop.
    delays: Object.fromEntries(HOPS.map(delayOf)) as Record<Hop, number>,
  };
}

function actionsOf({ policies }: LabUser | LabRole): readonly string[] {
  const allowed = policies.identity
    .flatMap(({ document }) => document.statements)
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ action }) =>
      action.except ? action.listed.map((name) => `all except ${name}`) : action.listed,
    );
  return [...new Set(allowed)];
}
