import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dice, mutateText } from '../../support/dice.ts';
import { broken, FUZZ, fuzz, whole } from '../../support/http-fuzz.ts';
import { type LoadedLab, startLoadedLab } from '../../support/loaded-lab.ts';
import { answerTo } from '../../support/raw-http.ts';
import type { SignedRequest } from '../../support/sign-request.ts';

const ACCEPT = 'application/vnd.atlas.2025-03-12+json';

let lab: LoadedLab;
let atlas: Api;
let control: Api;

/** An API whose callers show a bearer token. */
interface Api {
  readonly url: string;
  readonly token: string;
  readonly requests: readonly [Target, ...Target[]];
}

interface Target {
  readonly method: string;
  readonly target: string;
  readonly body: string;
}

const get = (target: string): Target => ({ method: 'GET', target, body: '' });

beforeAll(async () => {
  lab = await startLoadedLab();
  const env = (name: string) => lab.lab.env[name] ?? '';
  atlas = await atlasApi(env);
  control = {
    url: env('FEDCTL_SANDBOX_URL'),
    token: env('FEDCTL_SANDBOX_TOKEN'),
    requests: [
      get('/v1/status'),
      get('/v1/log?since=0'),
      { method: 'PUT', target: '/v1/clock', body: '{"offsetSeconds":60}' },
      { method: 'PUT', target: '/v1/federation', body: '{"enabled":false}' },
      { method: 'POST', target: '/v1/rotate-keys', body: '{}' },
      { method: 'PUT', target: '/v1/delay', body: '{"hop":"sts","ms":5000}' },
      { method: 'POST', target: '/v1/stop', body: '{}' },
    ],
  };
});
afterAll(() => lab.close());

async function atlasApi(env: (name: string) => string): Promise<Api> {
  const url = env('FEDCTL_ATLAS_URL');
  const answer = await fetch(new URL('/api/oauth/token', url), {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${env('MONGODB_ATLAS_CLIENT_ID')}:${env('MONGODB_ATLAS_CLIENT_SECRET')}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const { project, organization, federationSettingsId } = lab.lab.atlas;
  const [user] = lab.lab.atlas.databaseUsers;
  const base = '/api/atlas/v2';
  return {
    url,
    token,
    requests: [
      get(`${base}/orgs/${organization.id}/federationSettings`),
      get(
        `${base}/federationSettings/${federationSettingsId}/identityProviders?protocol=OIDC&idpType=WORKLOAD`,
      ),
      get(`${base}/federationSettings/${federationSettingsId}/connectedOrgConfigs?pageNum=1&itemsPerPage=5`),
      get(`${base}/groups/${project.id}/databaseUsers?includeCount=true`),
      get(
        `${base}/groups/${project.id}/databaseUsers/$external/${encodeURIComponent(user?.username ?? 'x')}`,
      ),
      get(`${base}/groups/${project.id}/accessList`),
      get(`${base}/groups/${project.id}/clusters?pretty=true&envelope=true`),
      get(`${base}/groups/${project.id}/dbAccessHistory/clusters/lab?nLogs=5&start=1&end=2&authResult=true`),
      { method: 'POST', target: '/api/oauth/revoke', body: 'token=x' },
    ],
  };
}

function asked(api: Api, target: Target, authorization: string | null): SignedRequest {
  const form = target.target.includes('oauth');
  return {
    ...target,
    headers: {
      host: new URL(api.url).host,
      accept: ACCEPT,
      ...(target.body !== '' && {
        'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
      }),
      ...(authorization !== null && { authorization }),
    },
  };
}

/** What nobody is let in by. */
function noCredential(dice: Dice, token: string): string | null {
  const other = mutateText(dice, token).trim();
  return dice.pick<() => string | null>([
    () => null,
    () => `Bearer ${other === token ? `${other}x` : other}`,
    () => `Basic ${btoa(`a:${dice.text(20)}`)}`,
    () =>
      `Digest username="${dice.text(8, 'abc')}", realm="MMS Public API", nonce="x", uri="/", response="0"`,
    () => dice.text(30).trim(),
  ])();
}

/** The lab is as it was: its federation enabled, its clock its own, and nobody waits. */
async function untouched(): Promise<object> {
  const { status } = await answerTo(
    control.url,
    asked(control, get('/v1/status'), `Bearer ${control.token}`),
  );
  return {
    status,
    enabled: lab.operator.account.federation.enabled,
    offsetMs: lab.lab.clock.offsetMs,
    kid: lab.operator.account.keys.RS256.kid,
    bugs: lab.bugs(),
  };
}

const UNTOUCHED = { status: 200, enabled: true, offsetMs: 0, kid: 'RSA_0', bugs: [] };

describe(`${FUZZ.rounds} requests from seed ${FUZZ.seed}`, () => {
  test('from strangers to the Atlas and control API get nothing, however they are changed', {
    timeout: FUZZ.timeout,
  }, async () => {
    lab.granted();
    const faults = await fuzz(
      (dice) => {
        const api = dice.oneIn(2) ? atlas : control;
        const request = asked(api, dice.pick(api.requests), noCredential(dice, api.token));
        return dice.oneIn(2) ? broken(dice, api.url, request) : whole(api.url, request);
      },
      ({ status }) => status === 200,
    );
    expect(faults).toEqual([]);
    expect(lab.granted('atlas', 'control')).toEqual([]);
    expect(await untouched()).toEqual(UNTOUCHED);
  });

  test('of a service account to the Atlas API meet no bug', { timeout: FUZZ.timeout }, async () => {
    const statuses = new Set<number>();
    const faults = await fuzz(
      async (dice) => {
        const { method, target, body } = dice.pick(atlas.requests);
        // What a request line may hold; half of the paths stay, or nothing would be found.
        const path = dice.oneIn(2) ? target : mutateText(dice, target).replaceAll(/[^!-~]/g, '%');
        const changed = {
          method,
          target: path.startsWith('/') ? path : `/${path}`,
          body: mutateText(dice, body),
        };
        const outcome = await whole(atlas.url, asked(atlas, changed, `Bearer ${atlas.token}`));
        statuses.add(outcome.answer.status);
        // Too many requests: time passes for the lab, and its buckets fill again.
        if (outcome.answer.status === 429) lab.lab.clock.set(lab.lab.clock.offsetMs + 1000);
        return outcome;
      },
      () => false,
    );
    lab.lab.clock.set(0);
    expect(faults).toEqual([]);
    expect([...statuses]).toEqual(expect.arrayContaining([200, 404]));
    expect(await untouched()).toEqual(UNTOUCHED);
  });
});
