import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabUser } from '../../../src/sandbox/aws/identities.ts';
import { amzDate } from '../../../src/sandbox/aws/sigv4.ts';
import { type Dice, mutateText } from '../../support/dice.ts';
import { broken, FUZZ, fuzz, whole } from '../../support/http-fuzz.ts';
import { IDENTITY_BODY, type LoadedLab, startLoadedLab } from '../../support/loaded-lab.ts';
import { answerTo } from '../../support/raw-http.ts';
import { type SignedRequest, type SigningFacts, signRequest } from '../../support/sign-request.ts';

const STS_BODIES = [
  IDENTITY_BODY,
  'Action=GetWebIdentityToken&Version=2011-06-15&Audience.member.1=a&SigningAlgorithm=RS256&DurationSeconds=300' +
    '&Tags.member.1.Key=k&Tags.member.1.Value=v',
  'Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fapp&RoleSessionName=s' +
    '&Policy=%7B%22Version%22%3A%222012-10-17%22%7D&SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fx&TokenCode=123456',
  'Action=GetSessionToken&Version=2011-06-15&DurationSeconds=900',
  'Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fapp' +
    '&RoleSessionName=s&WebIdentityToken=a.b.c',
] as const;
const IAM_BODIES = [
  'Action=EnableOutboundWebIdentityFederation&Version=2010-05-08',
  'Action=DisableOutboundWebIdentityFederation&Version=2010-05-08',
  'Action=GetOutboundWebIdentityFederationInfo&Version=2010-05-08',
] as const;
const ISSUER_PATHS = [
  '/.well-known/openid-configuration',
  '/.well-known/jwks.json',
  '/',
  '/.well-known/../x',
] as const;

let lab: LoadedLab;
let nobody: LabUser;
let services: readonly [Target, Target];
let issuerUrl: string;
let documents: readonly string[];

interface Target {
  readonly service: 'sts' | 'iam';
  readonly url: string;
  readonly bodies: readonly [string, ...string[]];
}

beforeAll(async () => {
  lab = await startLoadedLab();
  nobody = lab.lab.world.user('no-mint');
  const env = (name: string) => lab.lab.env[name] ?? '';
  services = [
    { service: 'sts', url: env('AWS_ENDPOINT_URL_STS'), bodies: STS_BODIES },
    { service: 'iam', url: env('AWS_ENDPOINT_URL_IAM'), bodies: IAM_BODIES },
  ];
  issuerUrl = env('FEDCTL_ISSUER');
  documents = await Promise.all(
    ISSUER_PATHS.slice(0, 2).map(async (path) => (await fetch(`${issuerUrl}${path}`)).text()),
  );
});
afterAll(() => lab.close());

function signed({ service, url }: Target, body: string, changes: Partial<SigningFacts> = {}): SignedRequest {
  return signRequest({
    accessKeyId: lab.operator.accessKeyId,
    secret: lab.operator.secretAccessKey.reveal(),
    date: amzDate(new Date()),
    host: new URL(url).host,
    body,
    service,
    ...changes,
  });
}

/** The AWS that everybody had before, and nobody else's word in the log. */
async function healthy(): Promise<object> {
  const [sts] = services;
  const { status } = await answerTo(sts.url, signed(sts, STS_BODIES[1]));
  return { mints: status, enabled: lab.operator.account.federation.enabled, bugs: lab.bugs() };
}

const HEALTHY = { mints: 200, enabled: true, bugs: [] };

describe(`${FUZZ.rounds} requests from seed ${FUZZ.seed}`, () => {
  test('signed with another secret or not at all get nothing, however they are changed', {
    timeout: FUZZ.timeout,
  }, async () => {
    lab.granted();
    const faults = await fuzz(
      (dice) => {
        const target = dice.pick(services);
        const body = dice.pick(target.bodies);
        const request = signed(target, body, {
          secret: 'not-the-secret',
          ...(dice.oneIn(4) && { sessionToken: dice.text(20) }),
          ...(dice.oneIn(4) && { method: 'GET', target: `/?${body}`, body: '' }),
        });
        const { authorization: _, ...unsigned } = request.headers;
        return broken(dice, target.url, dice.oneIn(5) ? { ...request, headers: unsigned } : request);
      },
      ({ status }) => status === 200,
    );
    expect(faults).toEqual([]);
    expect(lab.granted('sts', 'iam')).toEqual([]);
    expect(await healthy()).toEqual(HEALTHY);
  });

  test('that were changed after they were signed get nothing', { timeout: FUZZ.timeout }, async () => {
    lab.granted();
    const faults = await fuzz(
      (dice) => {
        const target = dice.pick(services);
        return whole(target.url, tampered(dice, signed(target, dice.pick(target.bodies))));
      },
      ({ status }) => status === 200,
    );
    expect(faults).toEqual([]);
    expect(lab.granted('sts', 'iam')).toEqual([]);
    expect(await healthy()).toEqual(HEALTHY);
  });

  test('with any parameters from somebody without rights meet no bug and get no token', {
    timeout: FUZZ.timeout,
  }, async () => {
    const faults = await fuzz(
      (dice) => {
        const target = dice.pick(services);
        const request = signed(target, strangeParameters(dice, dice.pick(target.bodies)), {
          accessKeyId: nobody.accessKeyId,
          secret: nobody.secretAccessKey.reveal(),
        });
        return whole(target.url, request);
      },
      ({ status, text }) => status === 200 && !/<(GetCallerIdentity|GetSessionToken)Result>/.test(text),
    );
    expect(faults).toEqual([]);
    expect(await healthy()).toEqual(HEALTHY);
  });

  test('with any parameters from somebody with all rights meet no bug', {
    timeout: FUZZ.timeout,
  }, async () => {
    const faults = await fuzz(
      (dice) => {
        const [target] = services;
        return whole(target.url, signed(target, strangeParameters(dice, dice.pick(target.bodies))));
      },
      () => false,
    );
    expect(faults).toEqual([]);
    expect(await healthy()).toEqual(HEALTHY);
  });

  test('to the issuer get its two documents or nothing', { timeout: FUZZ.timeout }, async () => {
    const faults = await fuzz(
      (dice) => {
        const headers = { host: new URL(issuerUrl).host, accept: dice.text(10).trim() };
        const request = {
          method: 'GET',
          target: dice.pick(ISSUER_PATHS),
          headers,
          body: dice.text(dice.below(20)),
        };
        return broken(dice, issuerUrl, request);
      },
      ({ status, text }) =>
        status === 200 &&
        !text.endsWith('\r\n\r\n') &&
        !documents.some((document) => text.endsWith(document)),
    );
    expect(faults).toEqual([]);
    expect(await healthy()).toEqual(HEALTHY);
  });
});

/** A good request, of which one thing that the signature covers is another. */
function tampered(dice: Dice, good: SignedRequest): SignedRequest {
  const { headers } = good;
  const [authorization, date, host] = ['authorization', 'x-amz-date', 'host'].map(
    (name) => headers[name] ?? '',
  );
  const withHeader = (name: string, value: string) => ({ ...good, headers: { ...headers, [name]: value } });
  return dice.pick([
    () => ({ ...good, body: other(dice, good.body) }),
    () => ({ ...good, target: `/?${other(dice, 'a=b').replaceAll(/[^!-~]/g, '')}x=1` }),
    () => ({ ...good, method: 'PUT' }),
    () => withHeader('host', `${dice.below(255)}.${host}`),
    () => withHeader('x-amz-date', otherDigit(dice, date ?? '', 8)),
    () => withHeader('x-amz-security-token', dice.text(20).trim() || 'x'),
    () =>
      withHeader('authorization', otherDigit(dice, authorization ?? '', (authorization ?? '').length - 64)),
    () => withHeader('authorization', (authorization ?? '').replace('us-east-1', dice.text(8, 'abcdef'))),
    () => withHeader('authorization', (authorization ?? '').replace(/;x-amz-date/, '')),
    () => withHeader('x-amz-content-sha256', dice.text(64, '0123456789abcdef')),
  ])();
}

function other(dice: Dice, text: string): string {
  const mutated = mutateText(dice, text);
  return mutated === text ? `${text}x` : mutated;
}

/** One decimal digit at or after `from` is another. */
function otherDigit(dice: Dice, text: string, from: number): string {
  const places = [...text].flatMap((sign, at) => (at >= from && /\d/.test(sign) ? [at] : []));
  const at = places[dice.below(places.length)] ?? from;
  return text.slice(0, at) + String((Number(text[at]) + 1 + dice.below(9)) % 10) + text.slice(at + 1);
}

const NAMES = [
  'Action',
  'Version',
  'Audience.member.1',
  'Audience.member.999999',
  'Audience.member.-1',
  'Audience.member.',
  'Tags.member.1.Key',
  'Tags.member.2.Value',
  'Tags.member.1.__proto__',
  'DurationSeconds',
  'SigningAlgorithm',
  'RoleArn',
  'RoleSessionName',
  'ExternalId',
  'Policy',
  'PolicyArns.member.1.arn',
  'TransitiveTagKeys.member.1',
  'SourceIdentity',
  'SerialNumber',
  'TokenCode',
  'MinimumSessionTokenSize',
  'ProvidedContexts.member.1.ProviderArn',
  '__proto__',
  '',
] as const;
const VALUES = [
  '',
  '0',
  '-1',
  '3600',
  '999999999999999999999',
  '1e3',
  'NaN',
  'RS256',
  'ES384',
  'arn:aws:iam::123456789012:role/app',
  'arn:aws:iam::123456789012:role/team/data/etl',
  'arn:aws:iam::210987654321:role/x',
  'arn::::',
  '__proto__',
  'constructor',
  '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}',
  '[[[[[[',
  '\u0000\ud800</Message>&amp;',
] as const;

/** The parameters of a request with some of them changed, doubled, removed, or others added. */
function strangeParameters(dice: Dice, body: string): string {
  const parameters = new URLSearchParams(body);
  for (let faults = 1 + dice.below(4); faults > 0; faults -= 1) {
    const name = dice.oneIn(8) ? dice.text(dice.below(20)) : dice.pick(NAMES);
    const value = dice.oneIn(3) ? dice.text(dice.below(1200)) : dice.pick(VALUES);
    const change = dice.below(6);
    if (change === 0) parameters.delete(name);
    else if (change === 1) parameters.append(name, value);
    // The action mostly stays: what is unknown is refused at once.
    else if (name !== 'Action' || dice.oneIn(20)) parameters.set(name, value);
  }
  return dice.oneIn(10) ? mutateText(dice, parameters.toString()) : parameters.toString();
}
