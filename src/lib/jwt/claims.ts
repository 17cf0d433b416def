/** The claim that contains all AWS-specific claims. The slash at the end is part of the name. */
export const AWS_NAMESPACE = 'https://sts.amazonaws.com/';

/** A readable name for a claim, and the type of its value. */
export interface ClaimMeaning {
  readonly words: string;
  readonly kind: 'text' | 'time' | 'principal';
}

function text(words: string): ClaimMeaning {
  return { words, kind: 'text' };
}

function time(words: string): ClaimMeaning {
  return { words, kind: 'time' };
}

function principal(words: string): ClaimMeaning {
  return { words, kind: 'principal' };
}

/**
 * The header parameters that fedctl can describe (RFC 7515, section 4.1). AWS sends the first three
 * (facts/aws.md 3).
 */
export const HEADER_PARAMETERS: ReadonlyMap<string, ClaimMeaning> = new Map([
  ['alg', text('algorithm')],
  ['kid', text('key ID')],
  ['typ', text('type')],
  ['crit', text('critical extensions')],
]);

/**
 * The standard claims (RFC 7519, section 4.1), in the order in which they are displayed. AWS sends all of
 * these claims except `nbf` (facts/aws.md 3.1).
 */
export const STANDARD_CLAIMS: ReadonlyMap<string, ClaimMeaning> = new Map([
  ['iss', text('issuer')],
  ['sub', principal('subject')],
  ['aud', text('audience')],
  ['iat', time('issued')],
  ['nbf', time('valid from')],
  ['exp', time('expires')],
  ['jti', text('token ID')],
]);

/**
 * All known claims in the AWS namespace (facts/aws.md 3.2). The claims about the principal are first. The
 * claims about the source of the request follow.
 */
export const AWS_CLAIMS: ReadonlyMap<string, ClaimMeaning> = new Map([
  ['aws_account', text('account')],
  ['source_region', text('requested Region')],
  ['principal_id', principal('principal')],
  ['org_id', text('organization')],
  ['ou_path', text('organizational unit')],
  ['principal_tags', text('principal tags')],
  ['request_tags', text('request tags')],
  ['original_session_exp', time('session expires')],
  ['source_identity', text('source identity')],
  ['federated_provider', text('federated by')],
  ['identity_store_user_id', text('Identity Center user')],
  ['identity_store_arn', text('identity store')],
  ['ec2_source_instance_arn', text('EC2 instance')],
  ['ec2_instance_source_vpc', text('VPC of the instance')],
  ['ec2_instance_source_private_ipv4', text('IP address of the instance')],
  ['ec2_role_delivery', text('metadata service version')],
  ['lambda_source_function_arn', text('Lambda function')],
  ['glue_credential_issuing_service', text('Glue service')],
]);
