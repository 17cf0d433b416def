import { FAILURES, type FailureCode } from '../failures.ts';
import { ATLAS_API_EXPLANATIONS } from './atlas-api.ts';
import { ATLAS_CREDENTIAL_EXPLANATIONS } from './atlas-credentials.ts';
import { ATLAS_PROVIDER_EXPLANATIONS } from './atlas-provider.ts';
import { ATLAS_USER_EXPLANATIONS } from './atlas-users.ts';
import { AWS_CREDENTIAL_EXPLANATIONS } from './aws-credentials.ts';
import { AWS_PLACE_EXPLANATIONS } from './aws-place.ts';
import { AWS_REFUSAL_EXPLANATIONS } from './aws-refusals.ts';
import { AWS_WAY_EXPLANATIONS } from './aws-way.ts';
import { EXEC_EXPLANATIONS } from './exec.ts';
import type { ExplainedCode, Explanation } from './explanation.ts';
import { FIELD_ATLAS_EXPLANATIONS } from './field-atlas.ts';
import { FIELD_AWS_EXPLANATIONS } from './field-aws.ts';
import { FIELD_DRIVER_RUN_EXPLANATIONS } from './field-driver-run.ts';
import { FIELD_DRIVER_SETUP_EXPLANATIONS } from './field-driver-setup.ts';
import { FIELD_NETWORK_EXPLANATIONS } from './field-network.ts';
import { FIELD_REPORTS, type FieldReport } from './field-reports.ts';
import { HELD_EXPLANATIONS } from './held.ts';
import { ISSUER_EXPLANATIONS } from './issuer.ts';
import { LAB_EXPLANATIONS } from './lab.ts';
import { LAB_STATE_EXPLANATIONS } from './lab-state.ts';
import { MONGO_LOGIN_EXPLANATIONS } from './mongo-login.ts';
import { MONGO_NETWORK_EXPLANATIONS } from './mongo-network.ts';
import { MONGO_SERVER_EXPLANATIONS } from './mongo-server.ts';
import { MONGO_TLS_EXPLANATIONS } from './mongo-tls.ts';
import { MONGO_URI_EXPLANATIONS } from './mongo-uri.ts';
import { NET_API_EXPLANATIONS } from './net-api.ts';
import { STS_EXPLANATIONS } from './sts.ts';
import { STS_ROLE_EXPLANATIONS } from './sts-roles.ts';
import { TOKEN_EXPLANATIONS } from './token.ts';
import { TOKEN_CLAIM_EXPLANATIONS } from './token-claims.ts';
import { USAGE_EXPLANATIONS } from './usage.ts';
import { USAGE_FILE_EXPLANATIONS } from './usage-files.ts';

const ALL = {
  ...USAGE_EXPLANATIONS,
  ...USAGE_FILE_EXPLANATIONS,
  ...AWS_PLACE_EXPLANATIONS,
  ...AWS_WAY_EXPLANATIONS,
  ...AWS_CREDENTIAL_EXPLANATIONS,
  ...AWS_REFUSAL_EXPLANATIONS,
  ...STS_EXPLANATIONS,
  ...STS_ROLE_EXPLANATIONS,
  ...TOKEN_EXPLANATIONS,
  ...TOKEN_CLAIM_EXPLANATIONS,
  ...ISSUER_EXPLANATIONS,
  ...MONGO_URI_EXPLANATIONS,
  ...MONGO_NETWORK_EXPLANATIONS,
  ...MONGO_TLS_EXPLANATIONS,
  ...MONGO_SERVER_EXPLANATIONS,
  ...MONGO_LOGIN_EXPLANATIONS,
  ...ATLAS_PROVIDER_EXPLANATIONS,
  ...ATLAS_USER_EXPLANATIONS,
  ...HELD_EXPLANATIONS,
  ...ATLAS_API_EXPLANATIONS,
  ...ATLAS_CREDENTIAL_EXPLANATIONS,
  ...NET_API_EXPLANATIONS,
  ...EXEC_EXPLANATIONS,
  ...LAB_EXPLANATIONS,
  ...LAB_STATE_EXPLANATIONS,
  ...FIELD_AWS_EXPLANATIONS,
  ...FIELD_DRIVER_SETUP_EXPLANATIONS,
  ...FIELD_DRIVER_RUN_EXPLANATIONS,
  ...FIELD_NETWORK_EXPLANATIONS,
  ...FIELD_ATLAS_EXPLANATIONS,
};

/** What `explain` and the documentation say beyond the catalogue of failures: of every code, or this does not compile. */
export const EXPLANATIONS: Readonly<Record<ExplainedCode, Explanation>> = ALL;

/** Everything there is to know about a code. */
export interface Page {
  readonly code: ExplainedCode;
  /** Of the catalogue of failures, or of the field reports. */
  readonly row: FieldReport;
  /** What fedctl ends with; null where fedctl never raises the code itself. */
  readonly exitCode: number | null;
  readonly explanation: Explanation;
}

/** All codes, in the order of the catalogues. */
export const CODES: readonly ExplainedCode[] = [
  ...(Object.keys(FAILURES) as FailureCode[]),
  ...(Object.keys(FIELD_REPORTS) as (keyof typeof FIELD_REPORTS)[]),
];

export function isExplained(code: string): code is ExplainedCode {
  return Object.hasOwn(EXPLANATIONS, code);
}

export function pageOf(code: ExplainedCode): Page {
  const explanation = EXPLANATIONS[code];
  if (isFailure(code)) return { code, row: FAILURES[code], exitCode: FAILURES[code].exit, explanation };
  return { code, row: FIELD_REPORTS[code], exitCode: null, explanation };
}

function isFailure(code: ExplainedCode): code is FailureCode {
  return Object.hasOwn(FAILURES, code);
}

/** The codes by area: what stands in front of the first dot. Areas and codes in the order of the catalogues. */
export function areas(): readonly { readonly name: string; readonly codes: readonly ExplainedCode[] }[] {
  const byArea = new Map<string, ExplainedCode[]>();
  for (const code of CODES) {
    const name = code.slice(0, code.indexOf('.'));
    byArea.set(name, [...(byArea.get(name) ?? []), code]);
  }
  return [...byArea].map(([name, codes]) => ({ name, codes }));
}
