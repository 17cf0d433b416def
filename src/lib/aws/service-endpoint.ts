import { FedctlError } from '../core/errors.ts';
import type { EndpointOverride } from '../ports/aws.ts';
import type { Connection } from './connection.ts';
import { sentence } from './sentence.ts';

/** The endpoint rules of an SDK client. */
type EndpointRules = (params: {
  readonly Region: string;
  readonly UseFIPS: boolean;
  readonly UseDualStack: boolean;
  readonly Endpoint?: string;
}) => { readonly url: URL };

/**
 * Returns the URL of the endpoint that the SDK client will use, without a trailing slash. The endpoint rules
 * of the client return the endpoint override if one is set. Otherwise, the rules return the AWS endpoint for
 * the Region and for the FIPS and dual-stack settings.
 *
 * @throws FedctlError aws.endpoint-invalid if AWS has no such endpoint, or the settings are mutually
 * exclusive
 */
export function originOf(
  rules: EndpointRules,
  connection: Connection,
  service: EndpointOverride['service'],
): string {
  const override = connection.endpoint(service);
  const { fips, dualStack } = connection.choice;
  try {
    const { url } = rules({
      Region: connection.region,
      UseFIPS: fips !== null,
      UseDualStack: dualStack !== null,
      ...(override === null ? {} : { Endpoint: override.url }),
    });
    return url.href.replace(/\/$/, '');
  } catch (cause) {
    const kinds = [fips === null ? [] : ['FIPS'], dualStack === null ? [] : ['dual-stack']].flat();
    const sources = [fips, dualStack].filter((source) => source !== null);
    throw new FedctlError(
      'aws.endpoint-invalid',
      override === null
        ? {
            message: `AWS has no ${kinds.join(' and ')} endpoint for ${service.toUpperCase()} in ${connection.region} (${connection.regionSource}). Required by: ${sources.join(' and ')}.`,
            likelyCause: `Not every Region has ${kinds.join(' or ')} endpoints.`,
            remedy: `${sentence(switchOff(sources))}.`,
            details: { service, region: connection.region, sources },
            cause,
          }
        : {
            message: `${sources.join(' and ')} and ${override.source} are mutually exclusive: the configured endpoint (${override.url}) cannot also be the ${kinds.join(' or ')} endpoint of AWS.`,
            likelyCause: `AWS clients reject ${kinds.join(' and ')} endpoints together with a custom endpoint.`,
            remedy: `${sentence(switchOff(sources))}, or ${switchOff([override.source])}.`,
            details: { service, region: connection.region, sources: [...sources, override.source] },
            cause,
          },
    );
  }
}

/**
 * Returns a phrase that describes how to remove the settings.
 *
 * @param sources environment variables, or descriptions of settings in a file
 */
function switchOff(sources: readonly string[]): string {
  const variables = sources.filter((source) => source.startsWith('AWS_'));
  const others = sources.filter((source) => !source.startsWith('AWS_'));
  return [
    ...(variables.length === 0 ? [] : [`unset ${variables.join(' and ')}`]),
    ...others.map((other) => `remove ${/^profile /.test(other) ? `the endpoint of the ${other}` : other}`),
  ].join(', ');
}
