import type { Context } from '../core/context.ts';
import { FedctlError } from '../core/errors.ts';
import { isLoopbackHost, isMetadataHost } from '../core/hosts.ts';
import type { EndpointOverride } from '../ports/aws.ts';
import type { ChosenProfile } from './profile.ts';
import { sentence } from './sentence.ts';
import type { SharedFiles } from './shared-files.ts';

/** The services that receive signed requests or tokens from fedctl. */
export type Service = 'sts' | 'iam' | 'sso' | 'sso_oidc' | 'signin';

/**
 * Returns the validated endpoint override for a service; null if the AWS default endpoint is used. If several
 * settings contain an override, the order of precedence of the SDK applies (facts/aws.md 9.1).
 *
 * @throws FedctlError aws.endpoint-invalid, aws.plaintext-refused
 */
export function endpointOverride(
  service: Service,
  env: Context['env'],
  profile: ChosenProfile,
  files: SharedFiles,
): { readonly url: string; readonly source: string } | null {
  const ignored =
    env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] ?? profile.settings['ignore_configured_endpoint_urls'];
  if (ignored?.toLowerCase() === 'true') return null;
  for (const name of [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, 'AWS_ENDPOINT_URL']) {
    const value = env[name];
    if (value !== undefined && value !== '') return { url: checkedEndpoint(value, name), source: name };
  }
  const source = `profile "${profile.name}"`;
  const value = servicesEndpoint(service, profile, files) || profile.settings['endpoint_url'];
  const way = `remove endpoint_url from the ${source}, or from the services section of the profile`;
  return value ? { url: checkedEndpoint(value, source, way), source } : null;
}

/** Returns the active endpoint overrides for STS and IAM, the two services that fedctl calls directly. */
export function endpointOverrides(
  env: Context['env'],
  profile: ChosenProfile,
  files: SharedFiles,
): readonly EndpointOverride[] {
  return (['sts', 'iam'] as const).flatMap((service) => {
    const override = endpointOverride(service, env, profile, files);
    return override === null ? [] : [{ service, ...override }];
  });
}

function servicesEndpoint(service: Service, profile: ChosenProfile, files: SharedFiles): string | undefined {
  const name = profile.settings['services'];
  if (name === undefined) return undefined;
  const section = files.services(name);
  if (section === null) {
    throw new FedctlError('aws.endpoint-invalid', {
      message: `The profile "${profile.name}" specifies the services section "${name}", which does not exist in ${files.configPath}.`,
      remedy: `Add [services ${name}] to ${files.configPath}, or remove "services" from the profile.`,
      details: { profile: profile.name, services: name },
    });
  }
  return section.value[`${service}.endpoint_url`];
}

/**
 * Validates an endpoint that receives signed requests or tokens. The URL must use https, unless the endpoint
 * is on this machine.
 *
 * @param source the setting that contains the endpoint
 * @param way a phrase that describes how to remove the setting, for example `unset AWS_ENDPOINT_URL`
 * @returns the unchanged URL
 * @throws FedctlError aws.endpoint-invalid, aws.plaintext-refused
 */
function checkedEndpoint(value: string, source: string, way = `unset ${source}`): string {
  return checked(value, { source, way }, isLoopbackHost);
}

/**
 * Validates an endpoint that returns credentials. Applies the rules of `checkedEndpoint`, but also allows
 * http for the AWS metadata addresses.
 */
export function metadataEndpoint(value: string, source: string, way = `unset ${source}`): string {
  return checked(value, { source, way }, (host) => isLoopbackHost(host) || isMetadataHost(host));
}

interface EndpointSetting {
  readonly source: string;
  readonly way: string;
}

function checked(
  value: string,
  setting: EndpointSetting,
  allowsPlaintext: (host: string) => boolean,
): string {
  if (!URL.canParse(value)) throw endpointInvalid(setting, 'is not a valid URL');
  const url = new URL(value);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw endpointInvalid(setting, `starts with ${url.protocol} instead of https:`);
  }
  if (url.username !== '' || url.password !== '') {
    throw endpointInvalid(setting, 'has a user name or a password');
  }
  if (url.protocol === 'http:' && !allowsPlaintext(url.hostname)) {
    const { source, way } = setting;
    throw new FedctlError('aws.plaintext-refused', {
      message: `${source} specifies ${url.origin}. fedctl does not send credentials to another machine without TLS.`,
      likelyCause: `The endpoint that ${source} specifies uses plain http to another machine. Anybody on the network path could read and use the credentials.`,
      remedy: `Use an https:// endpoint, or ${way}.`,
      details: { source, endpoint: url.origin },
    });
  }
  return value;
}

/**
 * Creates the failure for an invalid endpoint. The message does not contain the URL, because an invalid URL
 * may contain a secret.
 */
function endpointInvalid({ source, way }: EndpointSetting, why: string): FedctlError {
  return new FedctlError('aws.endpoint-invalid', {
    message: `The endpoint of ${source} ${why}.`,
    likelyCause: `${source} must specify an http or https URL without a user name or a password.`,
    remedy: `${sentence(way)}.`,
    details: { source },
  });
}
