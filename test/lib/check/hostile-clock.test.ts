import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../../src/sandbox/running-lab.ts';
import { diagnose, moveIssuer, startHealthyLab } from '../../support/hostile-check.ts';
import * as hostile from '../../support/hostile-server.ts';

/** Servers whose clocks do not agree with ours, or with each other. */

let lab: Lab;

beforeAll(async () => {
  lab = await startHealthyLab();
  await diagnose(lab.env);
});
afterAll(() => lab.close());

describe('clocks', () => {
  /** Minutes from now, or a text. */
  const dateOf = (date: number | string) =>
    typeof date === 'string' ? date : new Date(Date.now() + date * 60_000).toUTCString();

  /** A server of the lab with another Date in every response. */
  async function clocked(url: string, date: () => string) {
    const { port } = new URL(url);
    const redated = (part: Buffer) =>
      Buffer.from(part.toString('latin1').replace(/\r\ndate: [^\r]*/i, `\r\ndate: ${date()}`), 'latin1');
    const server: hostile.HostileServer = await hostile.hostileServer(
      hostile.byRequest((request) => {
        if (!request.startsWith('GET /.well-known/openid-configuration ')) {
          return hostile.passOn(Number(port), request, redated);
        }
        const issuer = `http://127.0.0.1:${server.port}`;
        const document = { issuer, jwks_uri: `${issuer}/.well-known/jwks.json` };
        const type = 'application/json';
        return hostile.http(200, { 'content-type': type, date: date() }, JSON.stringify(document));
      }),
    );
    return server;
  }

  async function told(
    dates: readonly [sts: number | string, issuer: number | string, atlas: number | string],
  ) {
    const issuer = lab.env['FEDCTL_ISSUER'] ?? '';
    const urls = [lab.env['AWS_ENDPOINT_URL_STS'], issuer, lab.env['MONGODB_ATLAS_OPS_MANAGER_URL']];
    const servers = await Promise.all(
      dates.map((date, index) => clocked(urls[index] ?? '', () => dateOf(date))),
    );
    const [sts, moved = '', atlas] = servers.map(({ port }) => `http://127.0.0.1:${port}`);
    moveIssuer(lab, moved);
    try {
      const env = { ...lab.env, AWS_ENDPOINT_URL_STS: sts, FEDCTL_ISSUER: moved, FEDCTL_ATLAS_URL: atlas };
      const diagnosis = await diagnose(env);
      const { status, code, detail } = diagnosis.check('aws.clock') ?? {};
      // The SDK signs with the time of STS if it differs by five minutes or more, and the lab rejects that time.
      const rejected = Math.abs(Number(dates[0])) >= 5 ? ['sts.mint'] : [];
      // Whatever the clocks say, the rest of the chain works.
      expect(diagnosis.with('fail').filter((id) => id !== 'aws.clock')).toEqual(rejected);
      const named = servers.reduce(
        (text, { port }, index) => text.replaceAll(`127.0.0.1:${port}`, 'abc'.charAt(index)),
        detail ?? '',
      );
      // A header has whole seconds, and answers take their time.
      const rounded = named
        .replaceAll(/1 min 59 s|2 min 1 s/g, '2 min')
        .replaceAll(/3 min 59 s|4 min 1 s/g, '4 min')
        .replaceAll(/9 min 59 s|10 min 1 s/g, '10 min');
      return [diagnosis.exit, status, code, rounded];
    } finally {
      moveIssuer(lab, issuer);
      await Promise.all(servers.map((server) => server.close()));
    }
  }

  const THEIRS =
    'Most servers agree with the clock of this machine. Either the clock of a is wrong, or a different server responds under this host name.';
  test.each<[string, [number | string, number | string, number | string], unknown[]]>([
    ['all right', [0, 0, 0], [0, 'pass', null, 'compared with a and b and c']],
    ['one off', [4, 0, 0], [0, 'warn', null, `a is 4 min ahead, b is in sync, c is in sync. ${THEIRS}`]],
    [
      'two off',
      [4, 4, 0],
      [
        0,
        'warn',
        'aws.clock-skew',
        'The clock of this machine may be wrong: a is 4 min ahead, b is 4 min ahead, c is in sync; the servers do not agree.',
      ],
    ],
    [
      'all off by two minutes',
      [2, 2, 2],
      [
        0,
        'warn',
        'aws.clock-skew',
        'The clock of this machine is 2 min behind: a is 2 min ahead, b is 2 min ahead, c is 2 min ahead.',
      ],
    ],
    [
      'all off by ten minutes',
      [-10, -10, -10],
      [
        5,
        'fail',
        'aws.clock-skew',
        'The clock of this machine is 10 min ahead: a is 10 min behind, b is 10 min behind, c is 10 min behind.',
      ],
    ],
    ['no date', ['yesterday', 'soon', ''], [0, 'skip', null, 'no server returned its time: a, b, c']],
    [
      'one date alone',
      [4, 'soon', ''],
      [
        0,
        'warn',
        'aws.clock-skew',
        'The clock of this machine may be wrong: a is 4 min ahead; no other server returned its time.',
      ],
    ],
  ])('%s', async (_what, dates, expected) => {
    expect(await told(dates)).toEqual(expected);
  });
});
