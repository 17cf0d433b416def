import { describe, expect, test } from 'vitest';
import type { Answering, CannedAnswer } from '../../support/loopback-server.ts';
import { apiError, CLIENT_ID, GROUP, json, SECRETS, told } from '../../support/scripted-atlas.ts';

describe('an answer', () => {
  const text = (body: string, type: string | null, status = 200): CannedAnswer => ({
    status,
    body,
    headers: type === null ? {} : { 'content-type': type },
  });

  test.each<[what: string, answer: CannedAnswer, code: string, exit: number, message: string]>([
    [
      'that redirects',
      { status: 302, headers: { location: 'https://portal.test/%1b[2J' } },
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} redirects to https://portal.test/%1b[2J, which fedctl does not follow.`,
    ],
    [
      'that redirects nowhere',
      { status: 307 },
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} redirects to another URL, which fedctl does not follow.`,
    ],
    [
      'that is HTML',
      text('<html>', 'text/html'),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} returned HTTP 200 with a body that is not a JSON object (content type text/html).`,
    ],
    [
      'without a type',
      text('{}', null),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} returned HTTP 200 with a body that is not a JSON object (no content type).`,
    ],
    [
      'that is a list',
      text('[]', 'application/json'),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} returned HTTP 200 with a body that is not a JSON object (content type application/json).`,
    ],
    [
      'that is half a document',
      text('{"id":', 'application/json'),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} returned HTTP 200 with a body that is not a JSON object (content type application/json).`,
    ],
    [
      'that is HTML with 404',
      text('<html>', 'text/html', 404),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} returned HTTP 404 with a body that is not a JSON object (content type text/html).`,
    ],
    [
      'that is larger than any',
      text(' '.repeat(8 * 1024 * 1024 + 1), 'application/json'),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} returned a response of more than 8 MiB.`,
    ],
    [
      'of another shape',
      json({ id: 7, name: 'x', orgId: 'o' }),
      'atlas.answer-unreadable',
      6,
      `GET <url>${GROUP} returned an invalid field: id (invalid_type).`,
    ],
    [
      'that has no such project',
      apiError(404, 'GROUP_NOT_FOUND', 'No group with ID g exists.'),
      'atlas.not-found',
      4,
      `GET <url>${GROUP} returned an error: No group with ID g exists (GROUP_NOT_FOUND).`,
    ],
    [
      'that the version is gone',
      apiError(410, 'VERSION_GONE', 'Gone.'),
      'atlas.version-gone',
      4,
      `GET <url>${GROUP} returned an error: Gone (VERSION_GONE).`,
    ],
    [
      'that the version is unknown',
      apiError(406, 'INVALID_VERSION_DATE', ''),
      'atlas.version-gone',
      4,
      `GET <url>${GROUP} returned an error: INVALID_VERSION_DATE.`,
    ],
    [
      'that the request is wrong',
      apiError(400, 'VALIDATION_ERROR', 'Wrong.'),
      'atlas.request-refused',
      4,
      `GET <url>${GROUP} returned an error: Wrong (VALIDATION_ERROR).`,
    ],
    [
      'of a server that failed',
      apiError(500, 'UNEXPECTED_ERROR', 'Unexpected error.'),
      'atlas.service-failed',
      6,
      `GET <url>${GROUP} returned an error: Unexpected error (UNEXPECTED_ERROR).`,
    ],
    [
      'of a gateway without its server',
      text('<html>', 'text/html', 502),
      'atlas.service-failed',
      6,
      `GET <url>${GROUP} returned an error: HTTP 502.`,
    ],
    [
      'that forbids',
      apiError(403, 'ORG_FORBIDDEN', 'No.'),
      'atlas.role-missing',
      4,
      `Atlas does not allow service account ${CLIENT_ID} to read ${GROUP}: No (ORG_FORBIDDEN). The request requires the role Project Read Only.`,
    ],
    [
      'that asks for an access list',
      apiError(
        403,
        'RESOURCE_REQUIRES_ACCESS_LIST',
        'This resource requires access through an access list of ip ranges.',
      ),
      'atlas.api-access-list',
      4,
      `Atlas does not accept service account ${CLIENT_ID} from the IP address of this machine: This resource requires access through an access list of ip ranges (RESOURCE_REQUIRES_ACCESS_LIST).`,
    ],
    [
      'that steers a terminal is kept as it came',
      apiError(404, 'X\u001b[2J', '\u202eeman'),
      'atlas.not-found',
      4,
      `GET <url>${GROUP} returned an error: \u202eeman (X\u001b[2J).`,
    ],
    [
      'that has no end',
      apiError(404, 'X', 'a'.repeat(5000)),
      'atlas.not-found',
      4,
      `GET <url>${GROUP} returned an error: ${'a'.repeat(300)}… (X).`,
    ],
  ])('%s', async (_what, answer, code, exit, message) => {
    expect(await told(answer)).toEqual({ code, exit, message });
  });

  test('that repeats what was sent does not show it', async () => {
    const echo: Answering = ({ headers }) => apiError(404, 'X', `You sent ${headers.authorization}.`);
    expect((await told(echo)).message).toBe(
      `GET <url>${GROUP} returned an error: You sent Bearer [secret] (X).`,
    );
    const portal: Answering = ({ headers }) => ({
      status: 302,
      headers: { location: `https://portal.test/?${encodeURIComponent(headers.authorization ?? '')}` },
    });
    expect((await told(portal)).message).toBe(
      `GET <url>${GROUP} redirects to https://portal.test/?Bearer%20[secret], which fedctl does not follow.`,
    );
    const typed: Answering = ({ headers }) => ({ headers: { 'content-type': `x/${headers.authorization}` } });
    expect((await told(typed)).message).toContain('(content type x/Bearer [secret])');
    const token: Answering = ({ headers }) => {
      const basic = headers.authorization?.slice(6) ?? '';
      return json(
        { error: 'invalid_client', error_description: `${basic} ${Buffer.from(basic, 'base64').toString()}` },
        401,
      );
    };
    // The id is no secret, and stands in front of it.
    const basicOfId = Buffer.from(`${CLIENT_ID}:${SECRETS.client}`).toString('base64').slice(0, 47);
    expect((await told(echo, { token })).message).toBe(
      `Atlas at <host> rejected service account ${CLIENT_ID}: ${basicOfId}[secret] ${CLIENT_ID}:[secret] (invalid_client).`,
    );
  });
});
