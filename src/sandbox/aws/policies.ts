import { FedctlError } from '../../lib/core/errors.ts';
import type {
  NamedPolicy,
  PolicyDocument,
  PolicyKind,
  Selection,
  Statement,
} from '../../lib/policy/document.ts';
import { faultText } from '../../lib/policy/faults.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';

/** Policy documents by name, as JSON values. */
export type PolicyDocuments = Readonly<Record<string, unknown>>;

/** The policies attached to a user or role. */
export interface AttachedPolicies {
  readonly identity: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | null;
}

/** A change to the attached policies. Omitted properties stay unchanged. */
export interface PolicyChange {
  /** The new identity policies. They replace all existing identity policies. */
  readonly identity?: PolicyDocuments;
  /** The new permissions boundary, as a policy document. Null removes the boundary. */
  readonly boundary?: unknown;
}

/** @throws FedctlError lab.policy-malformed if AWS would reject the policy */
export function namedPolicy(name: string, document: unknown, kind: PolicyKind): NamedPolicy {
  const parsed = parsePolicy(document, kind);
  if (parsed.ok) return { name, document: parsed.document };
  throw new FedctlError('lab.policy-malformed', {
    message: `AWS would reject the policy ${name}: ${parsed.faults.map(faultText).join('; ')}.`,
    details: { policy: name, faults: parsed.faults },
  });
}

/** @throws FedctlError lab.policy-malformed if AWS would reject a policy */
export function namedPolicies(documents: PolicyDocuments): readonly NamedPolicy[] {
  return Object.entries(documents).map(([name, document]) => namedPolicy(name, document, 'permissions'));
}

/**
 * Returns the policies after a change. Does not modify `attached`.
 *
 * @throws FedctlError lab.policy-malformed
 */
export function changedPolicies(
  attached: AttachedPolicies,
  { identity, boundary }: PolicyChange,
): AttachedPolicies {
  return {
    identity: identity === undefined ? attached.identity : namedPolicies(identity),
    boundary: boundary === undefined ? attached.boundary : boundaryPolicy(boundary),
  };
}

function boundaryPolicy(document: unknown): NamedPolicy | null {
  return document === null ? null : namedPolicy('PermissionsBoundary', document, 'permissions');
}

/** Returns a policy that allows these actions on all resources. The actions can contain wildcards. */
export function allowing(...actions: readonly string[]): unknown {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  };
}

/** Converts a parsed policy to JSON. */
export function policyJson({ version, statements }: PolicyDocument): unknown {
  return { Version: version, Statement: statements.map(statementJson) };
}

function statementJson({ sid, effect, action, resource, principal, conditions }: Statement): unknown {
  const operators = [...new Set(conditions.map(({ operator }) => operator.name))];
  const keysOf = (name: string) => conditions.filter(({ operator }) => operator.name === name);
  return {
    ...(sid !== null && { Sid: sid }),
    Effect: effect,
    ...(principal !== null && element('Principal', { ...principal, listed: [principalJson(principal)] })),
    ...element('Action', action),
    ...(resource !== null && element('Resource', resource)),
    ...(conditions.length > 0 && {
      Condition: Object.fromEntries(
        operators.map((name) => [
          name,
          Object.fromEntries(keysOf(name).map(({ key, values }) => [key, oneOrAll(values)])),
        ]),
      ),
    }),
  };
}

function principalJson({ listed }: NonNullable<Statement['principal']>): unknown {
  const types = [...new Set(listed.map(({ type }) => type))];
  const namesOf = (wanted: string) => listed.filter(({ type }) => type === wanted).map(({ name }) => name);
  return Object.fromEntries(types.map((type) => [type, oneOrAll(namesOf(type))]));
}

/** Returns a statement element such as `Action`, or its negation such as `NotAction`. */
function element(name: string, { except, listed }: Selection<unknown>): Record<string, unknown> {
  return { [except ? `Not${name}` : name]: oneOrAll(listed) };
}

function oneOrAll(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}
