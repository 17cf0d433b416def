import type { Decision, Layer, NearMiss, StatementPlace } from './evaluate.ts';
import type { PolicyRequest } from './request.ts';

/** The policy type of each layer, for messages. */
const NAMES: Readonly<Record<Layer, string>> = {
  'service-control': 'service control policy',
  trust: 'trust policy',
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
};

/**
 * Explains a decision for the log of the lab. Returns the statement that allowed or denied the request, or
 * why the statements for the action did not apply. Includes values from the policy and the request.
 */
export function explainDecision(decision: Decision, request: PolicyRequest): string {
  const { action, resource } = request;
  if (decision.outcome === 'allowed') {
    return `${action} is allowed by ${decision.statements.map(placeText).join(' and ')}`;
  }
  if (decision.outcome === 'explicit-deny') {
    return `${placeText(decision.statement)} denies ${action} on ${resource}`;
  }
  const misses = decision.misses.map((miss) => `${placeText(miss)} ${missText(miss, request)}`);
  return [`no ${NAMES[decision.layer]} allows ${action} on ${resource}`, ...misses].join('; ');
}

function placeText({ layer, policy, sid, index }: StatementPlace): string {
  const statement = sid === null || sid === '' ? `statement ${index + 1}` : `statement ${sid}`;
  return `${statement} of ${NAMES[layer]} ${policy}`;
}

function missText({ because }: NearMiss, { principal, context }: PolicyRequest): string {
  if (because === 'resource') return 'does not match the resource';
  if (because === 'principal') return `does not name ${principal.arn}`;
  const { operator, key, values } = because;
  const seen = context.get(key);
  const wants = operator.comparison === 'Null' ? '' : ` ${values.map((value) => shown(value)).join(' or ')}`;
  const has =
    seen === undefined
      ? 'no such key'
      : typeof seen === 'string'
        ? shown(seen)
        : `[${seen.map(shown).join(',')}]`;
  const hint =
    typeof seen === 'object' && operator.set === null && operator.comparison !== 'Null'
      ? ': a multivalued key requires ForAllValues or ForAnyValue'
      : '';
  const asked = operator.comparison === 'Null' ? `Null ${values.join(' or ')}` : `${operator.name}${wants}`;
  return `requires ${key} ${asked}, and the request has ${has}${hint}`;
}

const SHOWN = 200;

/** Shortens and escapes an untrusted value from the request. */
function shown(value: string): string {
  const text = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
  return JSON.stringify(text);
}
