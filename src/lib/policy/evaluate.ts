import { matches, patternOf } from '../core/wildcard.ts';
import { elementPattern, holds } from './conditions.ts';
import type { Condition, NamedPolicy, Selection, Statement } from './document.ts';
import { type Grant, grantTo } from './principals.ts';
import type { PolicyRequest } from './request.ts';

/** A kind of policy that has a say, in the order in which they are asked. */
export const LAYERS = ['service-control', 'trust', 'identity', 'boundary', 'session'] as const;
export type Layer = (typeof LAYERS)[number];

/** Every policy that has a say in a request. */
export interface PolicyLayers {
  /** One list for each level from the organization's root down to the account: every level has to allow. */
  readonly serviceControl: readonly (readonly NamedPolicy[])[];
  /** Of the role that is to be assumed; null for what is no role. */
  readonly trust: { readonly policy: NamedPolicy; readonly accountId: string } | null;
  readonly identity: readonly NamedPolicy[];
  /** null when there is none: then it has no say. */
  readonly boundary: NamedPolicy | null;
  /** null when the session was made without any: then they have no say. An empty list allows nothing. */
  readonly session: readonly NamedPolicy[] | null;
}

/** A statement, and where it stands. */
export interface StatementPlace {
  readonly layer: Layer;
  readonly policy: string;
  /** From 0. */
  readonly index: number;
  readonly sid: string | null;
}

/** A statement about the action that did not apply, and what about it did not fit. */
export interface NearMiss extends StatementPlace {
  readonly effect: Statement['effect'];
  readonly because: 'resource' | 'principal' | Condition;
}

export type Decision =
  | {
      readonly outcome: 'allowed';
      /** What allowed it, one statement a layer. */
      readonly statements: readonly StatementPlace[];
    }
  | { readonly outcome: 'explicit-deny'; readonly layer: Layer; readonly statement: StatementPlace }
  | {
      readonly outcome: 'implicit-deny';
      /** The first layer that lacks an allow. */
      readonly layer: Layer;
      /** What came close in it. */
      readonly misses: readonly NearMiss[];
    };

/**
 * What AWS decides about a request: a deny wins wherever it stands; else every layer that is there has to allow.
 *
 * For a role to be assumed its trust policy has to allow in any case. Within one account a trust policy that names the
 * user or role makes an identity policy superfluous, for a user the boundary too; one that names the session, or
 * everybody, asks no further layer. From another account all of them are asked. (IAM User Guide, "Policy evaluation
 * logic"; not verified by a run.)
 */
export function evaluate(request: PolicyRequest, layers: PolicyLayers): Decision {
  const steps = stepsOf(request, layers);
  const [denied] = steps.flatMap(({ findings }) =>
    findings.filter(({ effect, because }) => effect === 'Deny' && because === null),
  );
  if (denied !== undefined) {
    return { outcome: 'explicit-deny', layer: denied.layer, statement: placeOf(denied) };
  }
  const needed = steps.filter(({ layer }) => !superfluous(request, layers, steps).includes(layer));
  const allowed: StatementPlace[] = [];
  for (const { layer, findings } of needed) {
    const allow = findings.find(({ because }) => because === null);
    if (allow === undefined) return { outcome: 'implicit-deny', layer, misses: findings.flatMap(missOf) };
    allowed.push(placeOf(allow));
  }
  return { outcome: 'allowed', statements: allowed };
}

/** A statement about the action, and what keeps it from applying: null when it applies. */
interface Finding extends StatementPlace {
  readonly effect: Statement['effect'];
  readonly because: NearMiss['because'] | null;
  readonly grant: Grant | null;
}

/** A set of policies of which one has to allow, and what its statements say. */
interface Step {
  readonly layer: Layer;
  readonly findings: readonly Finding[];
}

function stepsOf(request: PolicyRequest, layers: PolicyLayers): readonly Step[] {
  const step = (layer: Layer, policies: readonly NamedPolicy[]): Step => ({
    layer,
    findings: policies.flatMap((policy) => findingsIn(policy, layer, request)),
  });
  const { serviceControl, trust, identity, boundary, session } = layers;
  return [
    ...serviceControl.map((level) => step('service-control', level)),
    ...(trust === null ? [] : [step('trust', [trust.policy])]),
    // Who only holds a token has no policies of its own.
    ...(request.principal.type === 'Federated' ? [] : [step('identity', identity)]),
    ...(boundary === null ? [] : [step('boundary', [boundary])]),
    ...(session === null ? [] : [step('session', session)]),
  ];
}

/** The layers whose silence does no harm, because the trust policy names the caller closely enough. */
function superfluous(
  { principal }: PolicyRequest,
  { trust }: PolicyLayers,
  steps: readonly Step[],
): readonly Layer[] {
  if (trust === null || principal.type !== 'AWS' || principal.accountId !== trust.accountId) return [];
  const grants = steps
    .filter(({ layer }) => layer === 'trust')
    .flatMap(({ findings }) => findings.filter(({ because }) => because === null).map(({ grant }) => grant));
  if (grants.includes('session')) return ['identity', 'boundary', 'session'];
  if (!grants.includes('principal')) return [];
  return principal.arn.includes(':user/') ? ['identity', 'boundary'] : ['identity'];
}

function findingsIn({ name, document }: NamedPolicy, layer: Layer, request: PolicyRequest): Finding[] {
  return document.statements.flatMap((statement, index) => {
    if (!selectsAction(statement.action, request.action)) return [];
    const grant = statement.principal === null ? null : grantTo(statement.principal, request.principal);
    const because = obstacle(statement, grant, request, document.version);
    return [{ layer, policy: name, index, sid: statement.sid, effect: statement.effect, because, grant }];
  });
}

function obstacle(
  { principal, resource, conditions }: Statement,
  grant: Grant | null,
  { resource: asked, context }: PolicyRequest,
  version: NamedPolicy['document']['version'],
): Finding['because'] {
  if (principal !== null && grant === null) return 'principal';
  if (resource !== null) {
    const listed = resource.listed.some((text) => {
      const pattern = elementPattern(text, context, version);
      return pattern !== null && matches(pattern, asked);
    });
    if (listed === resource.except) return 'resource';
  }
  return conditions.find((condition) => !holds(condition, context, version)) ?? null;
}

function selectsAction({ except, listed }: Selection<string>, action: string): boolean {
  const asked = action.toLowerCase();
  return listed.some((text) => matches(patternOf(text.toLowerCase()), asked)) !== except;
}

function placeOf({ layer, policy, index, sid }: StatementPlace): StatementPlace {
  return { layer, policy, index, sid };
}

function missOf(finding: Finding): NearMiss[] {
  const { effect, because } = finding;
  return because === null || effect === 'Deny' ? [] : [{ ...placeOf(finding), effect, because }];
}
