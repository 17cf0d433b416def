import * as hostile from './hostile-server.ts';
import { type Behavior, http } from './hostile-server.ts';

/** Wrong responses in place of AWS, an issuer or Atlas, and the result that `fedctl check` must report for each. */

/** A code, and the complete sentence with its addresses replaced. */
export type Says = readonly [code: string, sentence: string];

export interface Row {
  readonly behave: Behavior;
  readonly aws: Says;
  readonly issuer: Says;
  readonly atlas: Says;
  /** True when only the timeout ends the request. */
  readonly slow?: true;
}

const HTML = '<html><body>Welcome to the guest network</body></html>';
export const JSON_TYPE = { 'content-type': 'application/json' };
/** An OP_MSG with an empty document. */
const MONGODB = Buffer.from('1a0000000100000001000000dd07000000000000000500000000', 'hex');

const cut: Pick<Row, 'aws' | 'issuer' | 'atlas'> = {
  aws: ['aws.unreachable', 'Cannot reach WHERE: the connection was closed (CUT).'],
  issuer: ['issuer.unreachable', 'Cannot reach HOST: the connection was closed (CUT).'],
  atlas: ['atlas.unreachable', 'Cannot reach the Atlas API at HOST: the connection was closed (CUT).'],
};
const late: Pick<Row, 'issuer' | 'atlas' | 'slow'> = {
  issuer: ['issuer.timeout', 'DOCUMENT returned no complete response within 3 s.'],
  atlas: ['atlas.timeout', 'DOCUMENT returned no complete response within 3 s.'],
  slow: true,
};
const noHttp = unreachable('the server does not use HTTP (HPE_INVALID_CONSTANT)');
const lacking: Says = [
  'aws.not-aws',
  'The response to ACTION at URL does not come from AWS: the response LACKS.',
];

function unreachable(why: string): Pick<Row, 'aws' | 'issuer' | 'atlas'> {
  return {
    aws: ['aws.unreachable', `Cannot reach WHERE: ${why}.`],
    issuer: ['issuer.unreachable', `Cannot reach HOST: ${why}.`],
    atlas: ['atlas.unreachable', `Cannot reach the Atlas API at HOST: ${why}.`],
  };
}

export function noAnswer(status: number): Says {
  const why = `HTTP ${status} with a body that is not a response from the service`;
  return ['aws.not-aws', `The response to ACTION at URL does not come from AWS: ${why}.`];
}

function noJson(type: string, status = 200): Pick<Row, 'issuer' | 'atlas'> {
  return {
    issuer: ['issuer.not-json', `DOCUMENT did not return a JSON object (${type}).`],
    atlas: [
      'atlas.not-atlas',
      `DOCUMENT returned HTTP ${status} with a body that is not a JSON object (${type}).`,
    ],
  };
}

/** Error statuses, each without a body and some with a page. */
const STATUSES = [400, 401, 403, 404, 429, 500, 503].flatMap(
  (status): readonly (readonly [string, Row])[] => {
    const row = (type: string): Omit<Row, 'behave'> => ({
      aws:
        status === 429
          ? [
              'aws.throttled',
              'WHERE responded to ACTION with HTTP 429 and a body that is not a response from the service.',
            ]
          : noAnswer(status),
      issuer: ['issuer.http-status', `DOCUMENT responded with status ${status}.`],
      atlas:
        status === 429
          ? ['atlas.rate-limited', 'DOCUMENT was throttled: too many requests in a short time.']
          : status >= 500
            ? ['atlas.service-failed', `DOCUMENT returned an error: HTTP ${status}.`]
            : noJson(type, status).atlas,
    });
    const body = http(status, { 'content-type': 'text/html' }, HTML);
    const html: Row = { behave: hostile.answers(body), ...row('content type text/html') };
    return [
      [`answers ${status}`, { behave: hostile.answers(http(status)), ...row('no content type') }],
      ...(status === 403 || status === 503 ? [[`answers ${status} with HTML`, html] as const] : []),
    ];
  },
);

export const ROWS: readonly (readonly [what: string, row: Row])[] = [
  [
    'accepts and is silent',
    { behave: hostile.silent, aws: ['aws.timeout', 'WHERE did not respond to ACTION within 3 s.'], ...late },
  ],
  ['accepts and closes', { behave: hostile.closes, ...cut }],
  ['accepts and resets', { behave: hostile.resets, ...cut }],
  ['closes when asked', { behave: hostile.afterFirstBytes(hostile.closes), ...cut }],
  ['resets when asked', { behave: hostile.afterFirstBytes(hostile.resets), ...cut }],
  ['answers garbage', { behave: hostile.answers(Buffer.alloc(64, 0x80)), ...noHttp }],
  ['speaks MongoDB', { behave: hostile.answers(MONGODB), ...noHttp }],
  [
    'answers with HTML',
    {
      behave: hostile.answers(http(200, { 'content-type': 'text/html' }, HTML)),
      aws: lacking,
      ...noJson('content type text/html'),
    },
  ],
  ['answers nothing', { behave: hostile.answers(http(200)), aws: lacking, ...noJson('no content type') }],
  [
    'answers with JSON of another shape',
    {
      behave: hostile.answers(http(200, JSON_TYPE, '{"hello":[1,2]}')),
      aws: noAnswer(200),
      issuer: ['issuer.wrong-document', 'The LACKING.'],
      atlas: ['atlas.answer-unreadable', 'DOCUMENT returned an invalid field: access_token (invalid_type).'],
    },
  ],
  [
    'never ends its answer',
    {
      behave: hostile.endless(hostile.chunkedHead('application/json'), `10000\r\n${'x'.repeat(65_536)}\r\n`),
      aws: noAnswer(200),
      issuer: ['issuer.too-large', 'The response from DOCUMENT is larger than 512 KiB.'],
      atlas: ['atlas.not-atlas', 'DOCUMENT returned a response of more than 8 MiB.'],
    },
  ],
  [
    'stalls half-way',
    {
      behave: hostile.stallsAfter('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"a":'),
      aws: [
        'aws.timeout',
        'WHERE responded to ACTION with HTTP 200, but the response was not complete within 3 s.',
      ],
      ...late,
    },
  ],
  [
    'closes half-way',
    { behave: hostile.answers('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"a":'), ...cut },
  ],
  [
    'answers with what is no gzip',
    {
      behave: hostile.answers(http(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }, 'no gzip')),
      ...unreachable('the body of the response cannot be decompressed (Z_DATA_ERROR)'),
      aws: noAnswer(200),
    },
  ],
  [
    'answers with a header that has no end',
    {
      behave: hostile.answers(http(200, { 'x-long': 'y'.repeat(200_000) })),
      ...unreachable('the response has a header that is too long (OVERFLOW)'),
    },
  ],
  ...STATUSES,
];
