import { matches, patternOf } from '../core/wildcard.ts';
import { elementPattern, holds } from './conditions.ts';
import type { Condition, NamedPolicy, Selection, Statement } from './document.ts';
import { type Grant, grantTo } from './principals.ts';
import type { PolicyRequest } from './request.ts';

/** The layers of policies, in the order of evaluation. */
export const LAYERS = ['service-control', 'trust', 'identity', 'boundary', 'session'] as const;
export type Layer = (typeof LAYERS)[number];

/** All policies that apply to a request. */
export interface PolicyLayers {
  /**
   * The service control policies, one list for each level from the root of the organization to the account.
   * Every level must allow the request.
   */
  readonly serviceControl: readonly (readonly NamedPolicy[])[];
  /** The trust policy of the role to assume; null if the action is not sts:AssumeRole. */
  readonly trust: { readonly policy: NamedPolicy; readonly accountId: string } | null;
  readonly identity: readonly NamedPolicy[];
  /** The permissions boundary; null if the caller has no permissions boundary. */
  readonly boundary: NamedPolicy | null;
  /** The session policies; null if the session has no session policies. An empty list allows nothing. */
  readonly session: readonly NamedPolicy[] | null;
}

/** A statement and its position. */
export interface StatementPlace {
  readonly layer: Layer;
  readonly policy: string;
  /** The position of the statement in the policy. The first position is 0. */
  readonly index: number;
  readonly sid: string | null;
}

/** A statement that matches the action but does not apply, and the reason. */
export interface NearMiss extends StatementPlace {
  readonly effect: Statement['effect'];
  readonly because: 'resource' | 'principal' | Condition;
}

export type Decision =
  | {
      readonly outcome: 'allowed';
      /** The statements that allowed the request, one per layer. */
      readonly statements: readonly StatementPlace[];
    }
  | { readonly outcome: 'explicit-deny'; readonly layer: Layer; readonly statement: StatementPlace }
  | {
      readonly outcome: 'implicit-deny';
      /** The first layer that does not allow the request. */
      readonly layer: Layer;
      /**
       * The statements in this layer that match the action, with the reasons why these statements do not
       * apply.
       */
      readonly misses: readonly NearMiss[];
    };

/**
 * Evaluates the policies for a request as AWS does. An explicit deny in any policy denies the request. If
 * there is no explicit deny, every existing layer must allow the request.
 *
 * For sts:AssumeRole, the trust policy of the role must always allow the request. If the caller belongs to
 * another account, all other layers must allow the request too. Within one account, some layers do not need to
 * allow the request. These layers depend on the principal in the trust policy:
 * - the role of the caller: identity-based policies
 * - the user: identity-based policies and permissions boundary
 * - the session of the caller, or `*`: identity-based policies, permissions boundary and session policies
 *
 * Source: IAM User Guide, "Policy evaluation logic"; not tested against AWS.
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

/**
 * A statement that matches the action. `because` is the reason why the statement does not apply; null if it
 * applies.
 */
interface Finding extends StatementPlace {
  readonly effect: Statement['effect'];
  readonly because: NearMiss['because'] | null;
  readonly grant: Grant | null;
}

/**
 * The policies of one layer (one level of the service control policies), and the findings for their statements. At
 * least one of the policies
 * must allow the request.
 */
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
    // A principal without AWS credentials has no identity-based policies.
    ...(request.principal.type === 'Federated' ? [] : [step('identity', identity)]),
    ...(boundary === null ? [] : [step('boundary', [boundary])]),
    ...(session === null ? [] : [step('session', session)]),
  ];
}

/** Returns the layers that do not need to allow the request because the trust policy contains the caller. */
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
