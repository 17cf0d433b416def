import { isRecord } from '../core/record.ts';
import type { PolicyKind } from './document.ts';
import {
  type PolicyDocument,
  PRINCIPAL_TYPES,
  type Principal,
  type PrincipalType,
  type Selection,
  type Statement,
} from './document.ts';
import type { Faults, Located, PolicyFault } from './faults.ts';
import { parseConditions } from './parse-conditions.ts';
import { variableFault } from './variables.ts';

/** The rules for parsing a statement. */
export interface StatementRules {
  readonly kind: PolicyKind;
  readonly version: PolicyDocument['version'];
}

type Path = PolicyFault['path'];
type Members = Readonly<Record<string, unknown>>;

const MEMBERS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

/**
 * Parses one statement. Returns null if the value is not an object. If the function adds faults, the result
 * must not be evaluated.
 */
export function parseStatement(
  value: unknown,
  path: Path,
  rules: StatementRules,
  faults: Faults,
): Statement | null {
  if (!isRecord(value)) {
    faults.add(path, 'a statement must be an object');
    return null;
  }
  faults.unknownMembers(value, path, MEMBERS);
  const effect = value['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny')
    faults.add([...path, 'Effect'], 'Effect must be "Allow" or "Deny"');
  const trust = rules.kind === 'trust';
  for (const name of trust ? ['Resource', 'NotResource'] : ['Principal', 'NotPrincipal']) {
    if (value[name] !== undefined) {
      faults.add([...path, name], `a ${trust ? 'trust' : 'permissions'} policy cannot have ${name}`);
    }
  }
  return {
    sid: parseSid(value['Sid'], path, faults),
    effect: effect === 'Allow' ? 'Allow' : 'Deny',
    action: parseTexts(value, 'Action', path, faults, actionFault),
    resource: trust
      ? null
      : parseTexts(value, 'Resource', path, faults, (text) => resourceFault(text, rules.version)),
    principal: trust ? parsePrincipals(value, path, faults) : null,
    conditions: parseConditions(value['Condition'], [...path, 'Condition'], rules.version, faults),
  };
}

function parseSid(value: unknown, path: Path, faults: Faults): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string' && /^[A-Za-z0-9]*$/.test(value)) return value;
  faults.add([...path, 'Sid'], 'Sid must be a string of letters and digits');
  return null;
}

/**
 * Returns the name of the element that the statement contains, for example Action or NotAction. Adds a fault
 * if the statement contains both or neither of the two elements.
 */
function chosen(value: Members, name: string, path: Path, faults: Faults): string | null {
  const given = [name, `Not${name}`].filter((one) => value[one] !== undefined);
  if (given.length === 1) return given[0] ?? null;
  faults.add(path, `a statement must have either ${name} or Not${name}`);
  return null;
}

function parseTexts(
  value: Members,
  name: string,
  path: Path,
  faults: Faults,
  faultOf: (text: string) => string | null,
): Selection<string> {
  const member = chosen(value, name, path, faults);
  if (member === null) return { except: false, listed: [] };
  const texts = faults.texts(value[member], [...path, member], member);
  for (const { text, path: at } of texts) {
    const fault = faultOf(text);
    if (fault !== null) faults.add(at, fault);
  }
  return { except: member !== name, listed: texts.map(({ text }) => text) };
}

function actionFault(action: string): string | null {
  if (action === '*' || /^[a-zA-Z0-9-]+:[\w*?]+$/.test(action)) return null;
  return `"${action}" is not an action: expected * or service:name, where only the name can contain * and ?`;
}

function resourceFault(resource: string, version: PolicyDocument['version']): string | null {
  const variable = version === '2012-10-17' ? variableFault(resource) : null;
  if (variable !== null) return variable;
  // An ARN has six parts. A pattern that ends with `*` may have fewer parts.
  const whole = /^arn:(?:.*\*$|[^:]+:[^:]+:[^:]*:[^:]*:.)/s;
  if (resource === '*' || whole.test(resource.replaceAll(/\$\{[^}]*\}/g, 'v'))) return null;
  return `"${resource}" is neither an ARN nor *`;
}

function parsePrincipals(value: Members, path: Path, faults: Faults): Selection<Principal> {
  const member = chosen(value, 'Principal', path, faults);
  const except = member === 'NotPrincipal';
  const given = member === null ? undefined : value[member];
  if (member === null || given === '*')
    return { except, listed: given === '*' ? [{ type: 'AWS', name: '*' }] : [] };
  const at = [...path, member];
  if (!isRecord(given) || Object.keys(given).length === 0) {
    faults.add(
      at,
      `${member} must be "*" or an object with one or more of these members: ${PRINCIPAL_TYPES.join(', ')}`,
    );
    return { except, listed: [] };
  }
  const listed = Object.entries(given).flatMap(([type, names]) => {
    if (!isPrincipalType(type)) {
      faults.add([...at, type], `unknown principal type ${type}`);
      return [];
    }
    return faults.texts(names, [...at, type], type).map((name) => principal(type, name, faults));
  });
  return { except, listed };
}

function principal(type: PrincipalType, { text, path }: Located, faults: Faults): Principal {
  if (type === 'AWS' && text !== '*' && !/^(?:\d{12}|arn:[\w-]+:(?:iam|sts)::\d{12}:[^*?]+)$/.test(text)) {
    faults.add(
      path,
      `"${text}" is neither an account nor the ARN of a principal; wildcards are not allowed here`,
    );
  }
  return { type, name: text };
}

function isPrincipalType(name: string): name is PrincipalType {
  return PRINCIPAL_TYPES.some((type) => type === name);
}
