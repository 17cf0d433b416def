import { isRecord } from '../core/record.ts';
import type { PolicyDocument, PolicyKind } from './document.ts';
import { Faults, type PolicyFault } from './faults.ts';
import { parseStatement } from './parse-statement.ts';

export type ParsedPolicy =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };

const VERSIONS = ['2012-10-17', '2008-10-17'] as const;
const MEMBERS = ['Version', 'Id', 'Statement'];

/** Parses a policy from JSON. Reports all faults, each with its path. */
export function parsePolicy(value: unknown, kind: PolicyKind): ParsedPolicy {
  const faults = new Faults();
  if (!isRecord(value)) {
    faults.add([], 'a policy must be an object');
    return { ok: false, faults: faults.all };
  }
  faults.unknownMembers(value, [], MEMBERS);
  const version =
    value['Version'] === undefined ? '2008-10-17' : VERSIONS.find((one) => one === value['Version']);
  if (version === undefined) faults.add(['Version'], 'Version must be "2012-10-17" or "2008-10-17"');
  if (value['Id'] !== undefined && typeof value['Id'] !== 'string') faults.add(['Id'], 'Id must be a string');
  const rules = { kind, version: version ?? '2012-10-17' };
  const statements = listed(value['Statement'], faults).map(({ statement, path }) =>
    parseStatement(statement, path, rules, faults),
  );
  const sids = new Set<string>();
  for (const [index, statement] of statements.entries()) {
    if (statement?.sid == null || statement.sid === '') continue;
    if (sids.has(statement.sid)) faults.add(['Statement', index, 'Sid'], `duplicate Sid ${statement.sid}`);
    sids.add(statement.sid);
  }
  if (faults.all.length > 0) return { ok: false, faults: faults.all };
  return {
    ok: true,
    document: {
      version: version ?? '2012-10-17',
      statements: statements.filter((statement) => statement !== null),
    },
  };
}

function listed(
  value: unknown,
  faults: Faults,
): readonly { readonly statement: unknown; readonly path: PolicyFault['path'] }[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((statement: unknown, index) => ({ statement, path: ['Statement', index] }));
  }
  if (isRecord(value)) return [{ statement: value, path: ['Statement'] }];
  faults.add(['Statement'], 'a policy must have at least one statement');
  return [];
}
