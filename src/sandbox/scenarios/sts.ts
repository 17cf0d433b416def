import { randomUUID } from 'node:crypto';
import { CAPTIVE_PORTAL, closedPort, type HttpAnswer, silence, standIn } from './hops/http.ts';
import { type Scenario, scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

/** Faults of STS and of the network connection to STS. */
export const STS_SCENARIOS: readonly Scenario[] = [
  scenario(
    'sts-throttled',
    'The account exceeded the limit of the request rate, and STS throttles the requests.',
    'aws.throttled',
    (stage) => useSts(stage, async () => stsError(stage, 400, 'Sender', 'Throttling', 'Rate exceeded')),
  ),
  scenario(
    'sts-failing',
    'STS has an internal error and responds to all requests with status 500.',
    'aws.service-failed',
    (stage) =>
      useSts(stage, async () =>
        stsError(
          stage,
          500,
          'Receiver',
          'InternalFailure',
          'The request processing has failed because of an unknown error, exception or failure.',
        ),
      ),
  ),
  scenario(
    'sts-hanging',
    'A firewall accepts connections to STS and drops later packets.',
    'aws.timeout',
    (stage) => {
      stage.set({ FEDCTL_TIMEOUT: '2s' });
      return useSts(stage, silence);
    },
  ),
  scenario(
    'sts-unreachable',
    'No server listens at the endpoint in AWS_ENDPOINT_URL_STS.',
    'aws.unreachable',
    async (stage) => stage.set({ AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${await closedPort()}` }),
  ),
  scenario(
    'sts-captive-portal',
    'A guest network returns its welcome page for all requests to AWS.',
    'aws.not-aws',
    async (stage) => {
      const { url } = await standIn(stage, async () => CAPTIVE_PORTAL);
      stage.set({ AWS_ENDPOINT_URL_STS: url, AWS_ENDPOINT_URL_IAM: url });
    },
  ),
];

async function useSts(stage: Stage, answer: () => Promise<HttpAnswer>): Promise<void> {
  const { url } = await standIn(stage, answer);
  stage.set({ AWS_ENDPOINT_URL_STS: url });
}

/** Returns an error response in the format that STS uses (facts/aws.md 13.3). */
function stsError(stage: Stage, status: number, type: string, code: string, message: string): HttpAnswer {
  const requestId = randomUUID();
  return {
    status,
    headers: {
      'content-type': 'text/xml',
      'x-amzn-RequestId': requestId,
      date: stage.lab.clock.now().toUTCString(),
    },
    body:
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
      `<Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error>` +
      `<RequestId>${requestId}</RequestId></ErrorResponse>`,
  };
}
