import { FedctlError } from '../errors.ts';
import type { EndpointOverride } from '../ports.ts';
import type { Connection } from './connection.ts';

/** The rules of an SDK client: from Region and choices to the endpoint. */
type EndpointRules = (params: {
  readonly Region: string;
  readonly UseFIPS: boolean;
  readonly UseDualStack: boolean;
  readonly Endpoint?: string;
}) => { readonly url: URL };

/**
 * Where the client's requests will go, by its own rules: an override, or AWS's endpoint in this partition, FIPS and
 * dual-stack considered. Without the slash at the end.
 *
 * @throws FedctlError aws.endpoint-invalid when the choices exclude each other
 */
export function originOf(
  rules: EndpointRules,
  connection: Connection,
  service: EndpointOverride['service'],
): string {
  const override = connection.endpoint(service);
  try {
    const { url } = rules({
      Region: connection.region,
      UseFIPS: connection.useFipsEndpoint,
      UseDualStack: connection.useDualstackEndpoint,
      ...(override === null ? {} : { Endpoint: override }),
    });
    return url.href.replace(/\/$/, '');
  } catch (cause) {
    const choices = [
      connection.useFipsEndpoint ? 'FIPS' : null,
      connection.useDualstackEndpoint ? 'dual-stack' : null,
      override === null ? null : `the endpoint ${override}`,
    ].filter((choice) => choice !== null);
    throw new FedctlError('aws.endpoint-invalid', {
      message: `No endpoint of ${service.toUpperCase()} in ${connection.region} fits what is configured: ${choices.join(' and ')}.`,
      remedy: 'unset AWS_USE_FIPS_ENDPOINT AWS_USE_DUALSTACK_ENDPOINT',
      details: { service, region: connection.region },
      cause,
    });
  }
}
