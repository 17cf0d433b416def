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

/** Policy documents by the name of each, as JSON has them. */
export type PolicyDocuments = Readonly<Record<string, unknown>>;

/** What is attached to a user or role. */
export interface AttachedPolicies {
  readonly identity: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | null;
}

/** A change of what is attached to a user or role: what is left out stays as it is. */
export interface PolicyChange {
  /** All of them: those that are not here are detached. */
  readonly identity?: PolicyDocuments;
  /** null takes the boundary away. */
  readonly boundary?: unknown;
}

/** @throws FedctlError lab.policy-malformed */
export function namedPolicy(name: string, document: unknown, kind: PolicyKind): NamedPolicy {
  const parsed = parsePolicy(document, kind);
  if (parsed.ok) return { name, document: parsed.document };
  throw new FedctlError('lab.policy-malformed', {
    message: `AWS would reject the policy ${name}: ${parsed.faults.map(faultText).join('; ')}.`,
    details: { policy: name, faults: parsed.faults },
  });
}

/** @throws FedctlError lab.policy-malformed */
export function namedPolicies(documents: PolicyDocuments): readonly NamedPolicy[] {
  return Object.entries(documents).map(([name, document]) => namedPolicy(name, document, 'permissions'));
}

/** @throws FedctlError lab.policy-malformed; nothing is changed then */
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

/** A policy that allows these actions, with wildcards, on everything. */
export function allowing(...actions: readonly string[]): unknown {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  };
}

/** A parsed policy as JSON has it. */
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

/** `Action` or `NotAction`, and what it lists. */
function element(name: string, { except, listed }: Selection<unknown>): Record<string, unknown> {
  return { [except ? `Not${name}` : name]: oneOrAll(listed) };
}

function oneOrAll(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}
