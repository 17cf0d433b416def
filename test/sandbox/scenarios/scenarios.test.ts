import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FAILURES } from '../../../src/lib/failures/failures.ts';
import { startLab } from '../../../src/sandbox/lab.ts';
import type { Lab } from '../../../src/sandbox/running-lab.ts';
import { enableLab, scenarioNamed } from '../../../src/sandbox/scenarios/play.ts';
import { SCENARIOS } from '../../../src/sandbox/scenarios/scenarios.ts';
import { startScenario } from '../../../src/sandbox/scenarios/start-scenario.ts';
import { runInProcess } from '../../support/in-process.ts';
import { LAB_OPTIONS } from '../../support/lab-options.ts';
import type { Said } from '../../support/run-main.ts';

/** What the issue asks for, item by item, and the scenarios that play it. */
const ITEMS: Readonly<Record<string, readonly string[]>> = {
  'no credentials': ['credentials-missing'],
  'expired credentials': ['credentials-expired'],
  'wrong credentials': ['secret-key-wrong', 'access-key-deleted'],
  'half-set credentials': ['credentials-half-set'],
  'profile missing': ['profile-missing'],
  'MFA missing': ['mfa-missing'],
  'Region missing': ['region-missing'],
  'Region global': ['region-global'],
  'clock off by 10 minutes': ['clock-off'],
  'federation disabled': ['federation-disabled'],
  'federation just enabled': ['federation-just-enabled'],
  'permission missing': ['mint-permission-missing'],
  'audience condition not met': ['mint-audience-denied'],
  'algorithm condition not met': ['mint-algorithm-denied'],
  'duration condition not met': ['mint-duration-denied'],
  'tag condition not met': ['mint-tag-denied'],
  'SCP deny': ['mint-denied-by-scp'],
  'session too short': ['session-too-short'],
  'payload too large': ['payload-too-large'],
  'STS throttling': ['sts-throttled'],
  'STS 500s': ['sts-failing'],
  'STS hanging': ['sts-hanging'],
  'STS answering HTML from a captive portal': ['sts-captive-portal'],
  'issuer unreachable': ['issuer-unreachable'],
  'issuer slow': ['issuer-slow'],
  'issuer redirecting': ['issuer-redirecting'],
  'issuer wrong document': ['issuer-wrong-document'],
  'wrong issuer in the document': ['issuer-names-another'],
  'key missing': ['issuer-key-missing'],
  'key rotated': ['issuer-key-rotated'],
  'EC key only': ['issuer-ec-key-only', 'token-signed-with-es384'],
  'identity provider absent': ['identity-provider-absent'],
  'identity provider not connected': ['identity-provider-not-connected'],
  'identity provider with the wrong issuer': ['identity-provider-issuer'],
  'identity provider with the wrong audience': ['identity-provider-audience'],
  'identity provider with the wrong claim': ['identity-provider-claim'],
  'database user missing': ['database-user-missing', 'database-user-missing-for-keys'],
  'database user named by the session ARN': ['database-user-session-arn'],
  'database user in the wrong database': ['database-user-wrong-database'],
  'database user with the wrong role path': ['database-user-role-path'],
  'database user of the wrong type': ['database-user-wrong-type', 'database-user-iam-type'],
  'database user expired': ['database-user-expired'],
  'roles missing': ['roles-missing'],
  'SRV missing': ['srv-missing'],
  'TXT broken': ['txt-broken'],
  'host unknown': ['host-unknown'],
  'port closed': ['port-closed'],
  'packets swallowed': ['packets-swallowed'],
  'TLS alert 80': ['tls-alert-80', 'cluster-paused'],
  'TLS untrusted': ['tls-untrusted'],
  'TLS expired': ['tls-expired'],
  'TLS name mismatch': ['tls-name-mismatch'],
  'wire version too old': ['server-too-old'],
  'mechanism unavailable': ['mechanism-unavailable'],
  'connection cut in SASL': ['connection-cut-in-sasl'],
  '391 with a stale token file': ['token-file-stale'],
  '8000 with a sticky token': ['refused-with-8000'],
  'newline in the token file': ['token-file-newline'],
  'token file missing': ['token-file-missing'],
  'token file half-written': ['token-file-half-written'],
  'token file world-readable': ['token-file-world-readable'],
};

describe('the list', () => {
  test('covers every item of the issue', () => {
    const names = SCENARIOS.map(({ name }) => name);
    expect(
      Object.values(ITEMS)
        .flat()
        .filter((name) => !names.includes(name)),
    ).toEqual([]);
    expect(names.length).toBeGreaterThanOrEqual(48);
  });

  test('has names that are unique, lower case and hyphenated, and titles that are sentences', () => {
    const names = SCENARIOS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, title } of SCENARIOS) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(title).toMatch(/^[A-Z].*\.$/s);
    }
  });

  test('expects codes of the catalogue, and without Atlas none of those that only Atlas can tell', () => {
    for (const { expects, expectsBlind } of SCENARIOS) {
      expect(Object.keys(FAILURES)).toEqual(expect.arrayContaining([expects, expectsBlind]));
      expect(expectsBlind).not.toMatch(/^atlas\./);
    }
  });

  test('refuses a name that it does not have', () => {
    expect(() => scenarioNamed('moon-phase')).toThrow(
      expect.objectContaining({
        code: 'usage.invalid-value',
        message: 'Unknown scenario "moon-phase".',
        remedy: 'List the scenarios.',
      }),
    );
  });
});

/** What an operator types, inside, and what the command has to say. */
interface Meeting {
  readonly args: readonly string[];
  /** What stdin holds. */
  readonly input?: (lab: Lab) => string | Promise<string>;
  /** The code to be met; that of the scenario without Atlas unless given. */
  readonly code?: string;
  /** The true reason, from the lab's log. */
  readonly reason?: RegExp;
}

const TOKEN: Meeting = { args: ['token', '--json'] };
const CONNECT: Meeting = { args: ['connect', '--json'] };
const VERIFY: Meeting = { args: ['verify', '-', '--json'], input: mint };
const VERIFY_FILE: Meeting = { args: ['verify', '-', '--json'], input: tokenFile };

const denied = (reason: RegExp): Meeting => ({ ...TOKEN, reason });
const refused = (reason: RegExp): Meeting => ({ ...CONNECT, reason });

const MEETINGS: Readonly<Record<string, Meeting>> = {
  'credentials-missing': TOKEN,
  'credentials-expired': TOKEN,
  'secret-key-wrong': TOKEN,
  'access-key-deleted': TOKEN,
  'credentials-half-set': TOKEN,
  'profile-missing': TOKEN,
  'mfa-missing': TOKEN,
  'sso-session-over': TOKEN,
  'credential-process-failing': TOKEN,
  'region-missing': TOKEN,
  'region-global': TOKEN,
  // The SDK corrects its own clock, and no command of today compares clocks: the keys that the driver signs with show it.
  'clock-off': {
    args: ['connect', '--mechanism', 'aws', '--json'],
    code: 'mongo.aws-refused',
    reason: /^Unexpected GetCallerIdentity HTTP status code: 403 \(SignatureDoesNotMatch\)$/,
  },
  'federation-disabled': TOKEN,
  'federation-just-enabled': {
    args: ['enable', '--wait-timeout', '1s', '--json'],
    reason: /: outbound federation of account \d+ was enabled, but the change has not reached STS yet$/,
  },
  'mint-permission-missing': denied(/: no identity-based policy allows sts:GetWebIdentityToken on [^;]*$/),
  'mint-audience-denied': denied(
    /requires sts:IdentityTokenAudience ForAllValues:StringEquals "https:\/\/api\.example\.com", and the request has \["fedctl-lab"\]$/,
  ),
  'mint-algorithm-denied': denied(
    /requires sts:SigningAlgorithm StringEquals "ES384", and the request has "RS256"$/,
  ),
  'mint-duration-denied': denied(
    /requires sts:DurationSeconds NumericLessThanEquals "120", and the request has "300"$/,
  ),
  'mint-tag-denied': denied(
    /requires aws:RequestTag\/Team StringEquals "platform", and the request has no such key$/,
  ),
  'mint-denied-by-scp': denied(/: statement 1 of service control policy TokenAudiences denies /),
  'session-too-short': TOKEN,
  'payload-too-large': TOKEN,
  'sts-throttled': TOKEN,
  'sts-failing': TOKEN,
  'sts-hanging': TOKEN,
  'sts-unreachable': TOKEN,
  'sts-captive-portal': TOKEN,
  'issuer-unreachable': VERIFY,
  'issuer-slow': VERIFY,
  'issuer-redirecting': VERIFY,
  'issuer-captive-portal': VERIFY,
  'issuer-wrong-document': VERIFY,
  'issuer-names-another': VERIFY,
  'issuer-key-missing': VERIFY,
  'issuer-key-rotated': VERIFY_FILE,
  'issuer-ec-key-only': VERIFY,
  // That this server knows RSA only is for `check` to say: the token itself is good.
  'token-signed-with-es384': {
    ...CONNECT,
    code: 'mongo.oidc-refused',
    reason: /: the algorithm "ES384" is not RS256$/,
  },
  'token-file-missing': CONNECT,
  'token-file-half-written': CONNECT,
  'token-file-newline': CONNECT,
  'token-file-stale': VERIFY_FILE,
  'identity-provider-absent': refused(
    /: no identity provider trusts the issuer "[^"]+"; trusted issuers: none$/,
  ),
  'identity-provider-not-connected': refused(
    /: no identity provider trusts the issuer "[^"]+"; trusted issuers: none$/,
  ),
  'identity-provider-issuer': refused(/ trusts the issuer "(http:[^"]+)"; trusted issuers: "\1\/"$/),
  'identity-provider-audience': refused(
    /: the audience "fedctl-lab" does not match the audience "mongodb-atlas" of identity provider/,
  ),
  'identity-provider-claim': refused(/: the token has no claim "email"$/),
  'database-user-missing': refused(/: no database user "\w+\/arn:aws:iam::\d+:user\/operator" in \$external/),
  'database-user-session-arn': refused(
    /:role\/app" in \$external; similar: "\w+\/arn:aws:sts::\d+:assumed-role\/app\/lab"/,
  ),
  'database-user-wrong-database': refused(/user\/operator" is in the database "admin", not in "\$external"$/),
  'database-user-role-path': refused(
    /role\/team\/data\/etl" in \$external; similar: "\w+\/arn:aws:iam::\d+:role\/etl"/,
  ),
  'database-user-wrong-type': refused(/has oidcAuthType IDP_GROUP, not USER$/),
  'database-user-expired': refused(/: the database user "[^"]+" expired at 20/),
  'database-user-out-of-scope': refused(/analytics/),
  'database-user-iam-type': refused(/role\/app" has awsIAMType USER, not ROLE$/),
  'database-user-missing-for-keys': refused(
    /^no database user "arn:aws:iam::\d+:user\/operator" in \$external/,
  ),
  'roles-missing': { args: ['connect', '--write-probe', '--json'] },
  'refused-with-8000': refused(/: no database user /),
  'srv-missing': CONNECT,
  'txt-broken': CONNECT,
  'host-unknown': CONNECT,
  'port-closed': CONNECT,
  'packets-swallowed': CONNECT,
  'tls-untrusted': CONNECT,
  'tls-expired': CONNECT,
  'tls-name-mismatch': CONNECT,
  'tls-alert-80': CONNECT,
  'cluster-paused': CONNECT,
  'server-too-old': CONNECT,
  'mechanism-unavailable': CONNECT,
  'connection-cut-in-sasl': CONNECT,
};

/** Scenarios that no command of today can see; each has a test of its own below. */
const UNSEEN = ['token-file-world-readable'];

describe('an operator meets the failure that is expected', () => {
  test('in every scenario', () => {
    expect([...Object.keys(MEETINGS), ...UNSEEN].sort()).toEqual(SCENARIOS.map(({ name }) => name).sort());
  });

  test.each(SCENARIOS.filter(({ name }) => !UNSEEN.includes(name)))('$name', async (scenario) => {
    const meeting = meetingOf(scenario.name);
    const lab = await play(scenario.name);
    const input = await meeting.input?.(lab);
    const said = await runInProcess(meeting.args, lab.env, input);
    await lab.close();
    expect(codesOf(said), `${said.stdout}${said.stderr}`).toContain(meeting.code ?? scenario.expectsBlind);
    if (meeting.reason !== undefined) {
      expect(
        lab.log
          .entries()
          .filter(({ decision }) => decision === 'refused')
          .at(-1)?.reason,
      ).toMatch(meeting.reason);
    }
  });

  test('token-file-world-readable: the token works, for everybody', async () => {
    const lab = await play('token-file-world-readable');
    const { code, stderr } = await runInProcess(['connect', '--json'], lab.env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(statSync(lab.env['FEDCTL_TOKEN_FILE'] ?? '').mode & 0o777).toBe(0o644);
    await lab.close();
  });
});

test('clock-off: STS and the issuer both date their answers ten minutes ahead of this machine', async () => {
  const lab = await play('clock-off');
  const addresses = [
    lab.env['AWS_ENDPOINT_URL_STS'] ?? '',
    `${lab.env['FEDCTL_ISSUER']}/.well-known/jwks.json`,
  ];
  const before = Date.now();
  const answers = await Promise.all(addresses.map((address) => fetch(address)));
  const ahead = answers.map(({ headers }) => (Date.parse(headers.get('date') ?? '') - before) / 1000);
  await lab.close();
  for (const seconds of ahead) expect(Math.abs(seconds - 600)).toBeLessThan(5);
});

test('without a scenario, an enabled lab is healthy from the mint to the database', async () => {
  const lab = await startLab(LAB_OPTIONS);
  enableLab(lab);
  const minted = await runInProcess(['token'], lab.env);
  const verified = await runInProcess(['verify', '-'], lab.env, minted.stdout);
  const connected = await runInProcess(['connect', '--mechanism', 'both', '--write-probe'], lab.env);
  await lab.close();
  expect([minted, verified, connected].map(({ code, stderr }) => ({ code, stderr }))).toEqual(
    Array.from({ length: 3 }, () => ({ code: 0, stderr: '' })),
  );
});

/** Mechanisms that stay whole, seen through another door: what a scenario breaks is one thing. */
describe('everything but the one thing stays whole', () => {
  test.each([
    'federation-disabled',
    'payload-too-large',
    'issuer-redirecting',
    'identity-provider-absent',
    'database-user-missing',
    'mechanism-unavailable',
  ])('%s: the keys still log in', async (name) => {
    const lab = await play(name);
    const { code, stderr } = await runInProcess(['connect', '--mechanism', 'aws'], lab.env);
    await lab.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each([
    'database-user-missing-for-keys',
    'database-user-iam-type',
    'tls-expired',
    'packets-swallowed',
    'token-signed-with-es384',
  ])('%s: a token can still be minted and proved', async (name) => {
    const lab = await play(name);
    const { code } = await runInProcess(['verify', '-'], lab.env, await mint(lab));
    await lab.close();
    expect(code).toBe(0);
  });
});

describe('under TLS', () => {
  test.each(['issuer-wrong-document', 'sts-captive-portal', 'connection-cut-in-sasl', 'tls-untrusted'])(
    '%s',
    async (name) => {
      const meeting = meetingOf(name);
      const lab = await play(name, { tls: true });
      const said = await runInProcess(meeting.args, lab.env, await meeting.input?.(lab));
      await lab.close();
      expect(codesOf(said), `${said.stdout}${said.stderr}`).toContain(scenarioNamed(name).expectsBlind);
    },
  );
});

function play(name: string, { tls = false } = {}): Promise<Lab> {
  return startScenario(scenarioNamed(name), { ...LAB_OPTIONS, tls });
}

function meetingOf(name: string): Meeting {
  const meeting = MEETINGS[name];
  if (meeting === undefined) throw new Error(`nobody has said how an operator meets ${name}`);
  return meeting;
}

async function mint({ env }: Lab): Promise<string> {
  const { code, stdout } = await runInProcess(['token'], env);
  expect(code).toBe(0);
  return stdout;
}

function tokenFile({ env }: Lab): string {
  return readFileSync(env['FEDCTL_TOKEN_FILE'] ?? '', 'utf8');
}

/** The codes of a failure, of the faults of a token and of warnings, whichever the run ended in. */
function codesOf({ stdout, stderr }: Said): readonly string[] {
  const document = JSON.parse(stdout === '' ? stderr : stdout) as {
    readonly error?: { readonly code: string };
    readonly faults?: readonly { readonly code: string }[];
    readonly warnings?: readonly { readonly code: string }[];
  };
  return [document.error, ...(document.faults ?? []), ...(document.warnings ?? [])].flatMap((each) =>
    each === undefined ? [] : [each.code],
  );
}
