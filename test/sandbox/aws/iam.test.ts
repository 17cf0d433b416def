import {
  DisableOutboundWebIdentityFederationCommand,
  EnableOutboundWebIdentityFederationCommand,
  GetOutboundWebIdentityFederationInfoCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FederationSwitch } from '../../../src/sandbox/aws/federation-switch.ts';
import type { LabSession, LabUser } from '../../../src/sandbox/aws/identities.ts';
import {
  type LabUnderTest,
  ORG_ACCOUNT,
  OWN_ACCOUNT,
  refusalOf,
  startLabAws,
} from '../../support/lab-aws.ts';

let lab: LabUnderTest;
beforeAll(async () => {
  lab = await startLabAws();
});
beforeEach(() => {
  lab.world.setFederation(OWN_ACCOUNT, false);
  lab.world.setFederation(ORG_ACCOUNT, false);
});
afterAll(() => lab.aws.close());

async function enable(keys: LabUser | LabSession) {
  return await lab.iam(keys).send(new EnableOutboundWebIdentityFederationCommand());
}
async function disable(keys: LabUser | LabSession) {
  return await lab.iam(keys).send(new DisableOutboundWebIdentityFederationCommand());
}
async function info(keys: LabUser | LabSession) {
  return await lab.iam(keys).send(new GetOutboundWebIdentityFederationInfoCommand());
}

const FEATURE_DISABLED = {
  name: 'FeatureDisabledException',
  code: 'FeatureDisabled',
  status: 404,
  message: 'Outbound identity federation is disabled for account 123456789012',
};

describe('the switch of an account', () => {
  it('starts disabled, and info says so by failing', async () => {
    expect(await refusalOf(info(lab.world.user('operator')))).toEqual(FEATURE_DISABLED);
  });

  it('goes on once and off once, keeps its issuer, and belongs to one account', async () => {
    const operator = lab.world.user('operator');
    const issuer = lab.aws.issuerUrl(OWN_ACCOUNT);
    expect(await enable(operator)).toMatchObject({ IssuerIdentifier: issuer });
    expect(await refusalOf(enable(operator))).toEqual({
      name: 'FeatureEnabledException',
      code: 'FeatureEnabled',
      status: 409,
      message: 'Outbound identity federation is already enabled for account 123456789012',
    });
    expect(await info(operator)).toMatchObject({ IssuerIdentifier: issuer, JwtVendingEnabled: true });
    expect(await refusalOf(info(lab.world.user('org-operator')))).toMatchObject({ code: 'FeatureDisabled' });
    const { $metadata, ...nothing } = await disable(operator);
    expect([nothing, $metadata.requestId]).toEqual([{}, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(await refusalOf(disable(operator))).toEqual(FEATURE_DISABLED);
    expect(await enable(operator)).toMatchObject({ IssuerIdentifier: issuer });
  });

  it('is not for everybody, and AWS says where to read more', async () => {
    const refusal = await refusalOf(enable(lab.world.user('no-mint')));
    expect(refusal).toEqual({
      name: 'AccessDenied',
      code: 'AccessDenied',
      status: 403,
      message: expect.stringMatching(
        /^User: arn:aws:iam::123456789012:user\/no-mint is not authorized to perform: iam:EnableOutboundWebIdentityFederation on resource: \* because no identity-based policy allows the iam:EnableOutboundWebIdentityFederation action\. Go to https:\/\/us-east-1\.console\.aws\.amazon\.com\/iam\/home\?region=us-east-1#\/authorization-details\/([0-9a-f-]{36}) for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: \1$/,
      ),
    });
    expect(await refusalOf(disable(lab.world.user('no-mint')))).toMatchObject({ code: 'AccessDenied' });
    expect(await refusalOf(info(lab.world.user('no-mint')))).toMatchObject({ code: 'AccessDenied' });
    expect(lab.world.account(OWN_ACCOUNT).federation.enabled).toBe(false);
  });

  it('does not open to credentials of GetSessionToken', async () => {
    const session = lab.world.createSession({
      principal: lab.world.user('operator'),
      expiresAt: new Date(Date.now() + 900_000),
    });
    expect(await refusalOf(info(session))).toEqual({
      name: 'InvalidClientTokenId',
      code: 'InvalidClientTokenId',
      status: 403,
      message: 'The security token included in the request is invalid',
    });
  });
});

describe('STS follows the switch', () => {
  it('at once unless told otherwise', () => {
    const federation = new FederationSwitch({ now: () => new Date(), propagationMs: 0 });
    expect([federation.set(true), federation.vending, federation.set(true)]).toEqual([true, 'on', false]);
    expect([federation.set(false), federation.vending]).toEqual([true, 'off']);
  });

  it('ten seconds later, in the order of the changes, with a failure just before each', () => {
    let time = 0;
    const federation = new FederationSwitch({ now: () => new Date(time), propagationMs: 10_000 });
    const at = (ms: number) => {
      time = ms;
      return [federation.enabled, federation.vending];
    };
    federation.set(true);
    expect([at(0), at(8_999), at(9_500), at(10_000)]).toEqual([
      [true, 'off'],
      [true, 'off'],
      [true, 'changing'],
      [true, 'on'],
    ]);
    at(20_000);
    federation.set(false);
    at(23_000);
    federation.set(true);
    expect([at(28_000), at(29_500), at(30_000), at(32_500), at(33_000)]).toEqual([
      [true, 'on'],
      [true, 'changing'],
      [true, 'off'],
      [true, 'changing'],
      [true, 'on'],
    ]);
  });
});
