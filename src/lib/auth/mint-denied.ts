import { formatDuration } from '../core/duration.ts';
import type { FedctlError } from '../core/errors.ts';
import type { MintRequest } from '../core/token.ts';

/** The facts about a denied request, from the AWS error message (facts/aws.md 2.3). */
export interface Denial {
  /**
   * `explicit-deny` means that a policy denies the request. `no-allow` means that no policy of the type
   * `policyType` allows the request. Null if the AWS error message does not contain the reason.
   */
  readonly kind: 'explicit-deny' | 'no-allow' | null;
  /**
   * The type of the policy, such as `service control policy`, `permissions boundary` or `identity-based
   * policy`. Null if the AWS error message does not contain the type.
   */
  readonly policyType: string | null;
  /**
   * The ARN of the policy that denies the request; null if the AWS error message does not contain the ARN.
   */
  readonly policyArn: string | null;
}

/** A policy statement in the JSON format of IAM. */
type Statement = Readonly<Record<string, unknown>>;

/**
 * If AWS denied a mint request, adds these details to the failure: the request, the type of the policy that
 * caused the denial, and who can change that policy. Unless an explicit deny is the reason, also adds the IAM
 * policy statements that allow exactly this request. If the token is too large, adds only the request. Returns
 * all other failures unchanged.
 */
export function withRequest(failure: FedctlError, request: MintRequest): FedctlError {
  switch (failure.code) {
    case 'sts.mint-denied':
    case 'sts.tag-denied':
      return denied(failure, request);
    case 'sts.payload-too-large':
      return tooLarge(failure, request);
    default:
      return failure;
  }
}

function denied(failure: FedctlError, request: MintRequest): FedctlError {
  const message = failure.details['awsMessage'];
  const denial = denialOf(typeof message === 'string' ? message : '');
  const principal = /\bUser: (arn:\S+)/.exec(String(message))?.[1] ?? 'the principal';
  // An allow statement has no effect against an explicit deny.
  const statements = denial.kind === 'explicit-deny' ? null : statementsFor(request);
  return failure.with({
    ...adviceOn(denial, principal),
    details: {
      ...failure.details,
      request: { ...request },
      denial,
      ...(statements !== null && { statements }),
      evidence: [
        requestText(request),
        ...evidenceOf(failure),
        ...(statements ?? []).map((statement) => `Statement to add: ${JSON.stringify(statement)}`),
      ],
    },
  });
}

/**
 * Parses an AWS error message that contains `with an explicit deny in a service control policy: arn:…` or
 * `because no permissions boundary allows the … action`.
 */
export function denialOf(message: string): Denial {
  const deny = /\bwith an explicit deny in an? ([a-zA-Z -]*[a-zA-Z])(?:: ?(arn:\S*[^\s.,]))?/.exec(message);
  const allow = /\bbecause no ([a-zA-Z -]+?) allows\b/.exec(message);
  const kind = deny !== null ? 'explicit-deny' : allow !== null ? 'no-allow' : null;
  return { kind, policyType: deny?.[1] ?? allow?.[1] ?? null, policyArn: deny?.[2] ?? null };
}

/**
 * Returns who can change a policy of this type, and a description of the policy (IAM User Guide, "Policy
 * evaluation logic").
 */
function ownerOf(
  policyType: string | null,
  principal: string,
): { readonly who: string; readonly where: string } {
  switch (policyType) {
    case 'service control policy':
    case 'resource control policy':
      return {
        who: 'An administrator in the management account of the organization',
        where: `the ${policyType} of the account`,
      };
    case 'permissions boundary':
      return {
        who: 'An administrator of the account',
        where: `the permissions boundary of ${principal}`,
      };
    case 'session policy':
      return {
        who: 'The program that creates the session',
        where: 'the session policy passed to AssumeRole',
      };
    case 'VPC endpoint policy':
      return { who: 'The owner of the VPC', where: 'the policy of the VPC endpoint for STS' };
    default:
      return {
        who: 'An administrator of the account',
        where: `${policyType === null ? 'a policy' : `an ${policyType}`} of ${principal}`,
      };
  }
}

function adviceOn({ kind, policyType, policyArn }: Denial, principal: string) {
  const { who, where } = ownerOf(policyType, principal);
  if (kind === 'explicit-deny') {
    const named = policyArn === null ? '' : ` (${policyArn})`;
    const instead =
      policyType === 'identity-based policy'
        ? ''
        : ' An allow in a policy of the principal cannot override this deny.';
    return {
      likelyCause: `An explicit deny in ${where}${named} matches this request.${instead}`,
      remedy: `${who} must change the deny in ${where}${named}. Alternatively, change the request so that the deny does not match.`,
    };
  }
  const conditions = 'a condition on audience, algorithm, duration or tags does not match';
  return {
    likelyCause:
      kind === 'no-allow'
        ? `No statement in ${where} allows this request: a statement is missing, or ${conditions}. AWS does not report which cause applies.`
        : `A policy denies this request, or no policy allows it, because a statement is missing or ${conditions}. AWS does not report which cause applies.`,
    remedy: `${who} must add the statement shown above to ${where}, or you must change the request to match an existing statement.`,
  };
}

/**
 * Returns the IAM policy statements that allow exactly this request (facts/aws.md 5). The condition on the
 * audience uses ForAllValues and Null, because ForAllValues alone also matches a request without an audience.
 */
function statementsFor({
  audience,
  signingAlgorithm,
  durationSeconds,
  tags,
}: MintRequest): readonly Statement[] {
  const requested = Object.fromEntries(tags.map(({ key, value }) => [`aws:RequestTag/${key}`, value]));
  const audiences = { 'sts:IdentityTokenAudience': audience };
  const present = { Null: { 'sts:IdentityTokenAudience': 'false' } };
  const allow = { Effect: 'Allow', Resource: '*' };
  const mint = {
    ...allow,
    Action: 'sts:GetWebIdentityToken',
    Condition: {
      'ForAllValues:StringEquals': audiences,
      ...present,
      StringEquals: { 'sts:SigningAlgorithm': signingAlgorithm },
      NumericLessThanEquals: { 'sts:DurationSeconds': String(durationSeconds) },
    },
  };
  if (tags.length === 0) return [mint];
  const tagKeys = { 'aws:TagKeys': tags.map(({ key }) => key) };
  return [
    mint,
    {
      ...allow,
      Action: 'sts:TagGetWebIdentityToken',
      Condition: {
        'ForAllValues:StringEquals': tagKeys,
        StringEquals: requested,
      },
    },
  ];
}

/**
 * Adds the request to the failure. If the request has one audience and no tags, also adds the cause: the tags
 * of the principal or of its session are too large.
 */
function tooLarge(failure: FedctlError, request: MintRequest): FedctlError {
  const isShort = request.audience.length <= 1 && request.tags.length === 0;
  return failure.with({
    ...(isShort && {
      likelyCause:
        'The request has one audience and no tags, so the tags of the principal or of its session are too large. AWS copies these tags into every token.',
      remedy:
        'Use a principal or session with fewer or shorter tags. An administrator of the account can remove tags from the role or user.',
    }),
    details: {
      ...failure.details,
      request: { ...request },
      evidence: [requestText(request), ...evidenceOf(failure)],
    },
  });
}

function evidenceOf({ details }: FedctlError): readonly unknown[] {
  return Array.isArray(details['evidence']) ? details['evidence'] : [];
}

/** Describes a request, for example `Requested: audience a, algorithm RS256, duration 5 min, no tags`. */
function requestText({ audience, signingAlgorithm, durationSeconds, tags }: MintRequest): string {
  const audiences = `${audience.length === 1 ? 'audience' : 'audiences'} ${audience.join(', ')}`;
  const tagged = tags.map(({ key, value }) => `${key}=${value}`).join(', ');
  const rest = tags.length === 0 ? 'no tags' : `tags ${tagged}`;
  return `Requested: ${audiences}, algorithm ${signingAlgorithm}, duration ${formatDuration(durationSeconds)}, ${rest}`;
}
