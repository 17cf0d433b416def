import type { Answering, CannedAnswer } from './loopback-server.ts';

// Disables the SDK's warning about Node.js versions, before a test loads the SDK.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** A response of STS or IAM in wire format (facts/aws.md 13.2); `result` is the XML inside `…Result`. */
export function awsAnswer(action: string, result: string): CannedAnswer {
  const inner = result === '' ? '' : `<${action}Result>${result}</${action}Result>`;
  return {
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': 'request-1' },
    body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${inner}<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></${action}Response>`,
  };
}

/** An error response of STS or IAM in wire format (13.3). */
export function awsRefusal(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): CannedAnswer {
  const type = status < 500 ? 'Sender' : 'Receiver';
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': 'request-1', ...headers },
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>request-1</RequestId></ErrorResponse>`,
  };
}

export const IDENTITY = awsAnswer(
  'GetCallerIdentity',
  '<Arn>arn:aws:iam::123456789012:user/ada</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>',
);

/** The `Credentials` member of the session APIs, which expire one hour after noon of the test clock by default. */
export function wireCredentials(accessKeyId: string, expiration = '2026-11-22T13:00:00Z'): string {
  return `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>secret of ${accessKeyId}</SecretAccessKey><SessionToken>token of ${accessKeyId}</SessionToken><Expiration>${expiration}</Expiration></Credentials>`;
}

/** Responds by the `Action` of the request. Other actions get the error of AWS for an unknown action. */
export function byAction(answers: Readonly<Record<string, CannedAnswer | null>>): Answering {
  return ({ body }) => {
    const action = new URLSearchParams(body).get('Action') ?? '';
    const answer = answers[action];
    return answer === undefined
      ? awsRefusal(400, 'InvalidAction', `Could not find operation ${action}`)
      : answer;
  };
}
