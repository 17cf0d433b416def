import type {
  CheckReport,
  CheckResult,
  Comparison,
  TargetReport,
} from '../../../../src/lib/core/check-run.ts';

/** Made-up reports: the ids and texts need not be those of the engine, the shapes are. */

const START = Date.UTC(2026, 10, 27, 9, 30, 0);
const ISSUER = 'https://0a1b2c3d-0000-4444-8888-0123456789ab.tokens.sts.global.api.aws';
const SUBJECT = 'arn:aws:iam::123456789012:role/orders-api';
const CLUSTER = 'mongodb+srv://orders.ab12c.mongodb.net/?authMechanism=MONGODB-OIDC';

type Sketch = Partial<CheckResult> & Pick<CheckResult, 'id' | 'title' | 'link'>;

/** A check that passed, `after` milliseconds after the start. */
export function check(after: number, sketch: Sketch): CheckResult {
  return {
    status: 'pass',
    detail: null,
    code: null,
    cause: null,
    remedy: null,
    command: null,
    notes: [],
    comparisons: [],
    startedAt: new Date(START + after),
    ms: 20,
    ...sketch,
  };
}

export function compared(what: string, seen: string | null, expected: string[], by: string): Comparison {
  return { what, seen, expected, by, matches: seen !== null && expected.includes(seen) };
}

export function target(checks: readonly CheckResult[], more: Partial<TargetReport> = {}): TargetReport {
  const firstFailure = checks.find(({ status }) => status === 'fail')?.id ?? null;
  return {
    name: 'default',
    uri: CLUSTER,
    principal: { arn: SUBJECT, account: '123456789012', region: 'eu-west-1' },
    cluster: 'orders.ab12c.mongodb.net',
    ok: firstFailure === null,
    firstFailure,
    attempts: 1,
    checks,
    startedAt: new Date(START),
    ms: 1203,
    ...more,
  };
}

export function report(targets: readonly TargetReport[]): CheckReport {
  const ok = targets.every((each) => each.ok);
  const ms = Math.max(...targets.map((each) => each.ms)) + 7;
  return { ok, version: '0.1.0', targets, startedAt: new Date(START), ms };
}

const ISSUER_SEEN = compared('iss', ISSUER, [ISSUER], 'identity provider "prod"');

/** The checks up to the issuer, all well. */
const AWS_HALF = [
  check(0, {
    id: 'aws.credentials',
    title: 'there are credentials for AWS',
    link: 'principal',
    detail: 'from the profile prod, for another 47 min',
    ms: 31,
  }),
  check(31, {
    id: 'aws.identity',
    title: 'AWS knows the caller',
    link: 'principal',
    detail: `${SUBJECT} in account 123456789012`,
    ms: 118,
  }),
  check(149, {
    id: 'iam.federation',
    title: 'the account issues tokens',
    link: 'sts',
    ms: 96,
  }),
  check(149, {
    id: 'sts.mint',
    title: 'STS mints a token',
    link: 'sts',
    detail: `token of ${SUBJECT} for my-atlas, valid 5 min`,
    ms: 142,
  }),
  check(291, {
    id: 'jwt.claims',
    title: 'the token says what was asked for',
    link: 'token',
    comparisons: [ISSUER_SEEN],
    ms: 1,
  }),
  check(292, {
    id: 'issuer.discovery',
    title: 'the issuer publishes where its keys are',
    link: 'issuer',
    detail: `${ISSUER}/.well-known/openid-configuration`,
    ms: 84,
  }),
  check(376, {
    id: 'issuer.keys',
    title: 'the issuer publishes the key of the token',
    link: 'issuer',
    ms: 61,
  }),
];

const DATABASE_HALF = [
  check(292, {
    id: 'atlas.identity-provider',
    title: 'an identity provider of Atlas trusts the token',
    link: 'identity-provider',
    detail: 'identity provider "prod"',
    comparisons: [ISSUER_SEEN, compared('aud', 'my-atlas', ['my-atlas'], 'identity provider "prod"')],
    ms: 240,
  }),
  check(532, {
    id: 'atlas.oidc.database-user',
    title: 'there is a database user for the subject',
    link: 'database-user',
    detail: `66f1a2b3c4d5e6f708192a3b/${SUBJECT} with readWrite@orders`,
    ms: 130,
  }),
  check(20, {
    id: 'mongo.dns',
    title: 'the names of the cluster are found',
    link: 'cluster',
    detail: '3 hosts',
    ms: 38,
  }),
  check(58, { id: 'mongo.tls', title: 'the servers prove who they are', link: 'cluster', ms: 55 }),
  check(662, {
    id: 'mongo.oidc.login',
    title: 'the cluster lets the token in',
    link: 'cluster',
    detail: 'as readWrite@orders',
    ms: 487,
  }),
];

const SKIPPED_API = check(0, {
  id: 'net.api',
  title: 'the API takes the token',
  link: 'api',
  status: 'skip',
  detail: 'no API was named (--api)',
  ms: 0,
});

export const HEALTHY = report([target([...AWS_HALF, ...DATABASE_HALF, SKIPPED_API])]);

const SKIPPED_BY_AUDIENCE = DATABASE_HALF.map((each) =>
  ['atlas.oidc.database-user', 'mongo.oidc.login'].includes(each.id)
    ? { ...each, status: 'skip' as const, detail: 'atlas.identity-provider failed', ms: 0 }
    : each,
);

/** One slash too many, and what depends on it skipped. */
export const WRONG_AUDIENCE = report([
  target([
    ...AWS_HALF,
    ...SKIPPED_BY_AUDIENCE.map((each) =>
      each.id === 'atlas.identity-provider'
        ? check(292, {
            id: each.id,
            title: each.title,
            link: each.link,
            status: 'fail',
            code: 'jwt.audience-mismatch',
            detail: 'The identity provider "prod" of Atlas expects another audience than the token names.',
            cause: 'The token was minted for somebody else, or Atlas was set up with another audience.',
            remedy: 'fedctl token --audience https://orders.example/atlas',
            comparisons: [
              ISSUER_SEEN,
              compared(
                'aud',
                'https://orders.example/atlas/',
                ['https://orders.example/atlas', 'https://billing.example/atlas'],
                'identity provider "prod"',
              ),
              compared('sub', SUBJECT, [SUBJECT], 'database user'),
            ],
            ms: 240,
          })
        : each,
    ),
  ]),
]);

const WARNED_TLS = check(58, {
  id: 'mongo.tls',
  title: 'the servers prove who they are',
  link: 'cluster',
  status: 'warn',
  detail: 'The certificate of orders-shard-00-00.ab12c.mongodb.net expires in 9 days.',
  ms: 55,
});

/** Two targets, one of them with a warning and a second attempt. */
export const TWO_TARGETS = report([
  target([...AWS_HALF, ...DATABASE_HALF], { name: 'orders' }),
  target(
    [...AWS_HALF, ...DATABASE_HALF.map((each) => (each.id === WARNED_TLS.id ? WARNED_TLS : each))].concat(
      check(1149, {
        id: 'net.api',
        title: 'the API takes the token',
        link: 'api',
        detail: 'https://api.example.com/ responded with 200',
        ms: 74,
      }),
    ),
    { name: 'orders-staging', attempts: 2, ms: 12_345 },
  ),
]);

export const REPORTS = [
  ['healthy', HEALTHY],
  ['wrong-audience', WRONG_AUDIENCE],
  ['two-targets', TWO_TARGETS],
] as const;

/** What an attacker, or an unlucky name, may put into any text from outside. */
export const HOSTILE_TEXTS = [
  '\u001b[31mred\u001b]8;;https://evil.example\u0007link',
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  ']]><!--',
  'a\n::set-env name=X::y\r\n::error::z',
  '::add-mask::x ##[error]y',
  '| table | row |\n| --- | --- |',
  '``` `code` ```\n# heading\n[link](https://evil.example) @everyone https://evil.example',
  '\u202egnp.exe\u2066 \u200b\u0000\ufffe\ud800',
  "'; DROP TABLE -- %0A::warning::x",
  '&lt;b&gt; &amp; *bold* _it_ ~~gone~~ \\ <https://evil.example>',
];

/** A report in which every text from outside is `text`. */
export function hostileReport(text: string): CheckReport {
  const bad = check(0, {
    id: 'jwt.claims',
    title: `the token says ${text}`,
    link: 'token',
    status: 'fail',
    code: 'jwt.audience-mismatch',
    detail: text,
    cause: text,
    remedy: text,
    comparisons: [
      compared(text, text, [`${text}/`, text.slice(1)], text),
      compared('aud', text, [text], text),
      compared('sub', null, [text], text),
    ],
  });
  const warned = { ...bad, id: 'issuer.keys', link: 'issuer', status: 'warn' } as const;
  const skipped = { ...bad, id: 'mongo.tls', link: 'cluster', status: 'skip', code: null } as const;
  return report([target([bad, warned, skipped], { name: text, uri: text })]);
}
