import { isFedctlError } from '../core/errors.ts';
import { isLoopbackHost, readNameServer } from '../core/hosts.ts';
import { readNamespace, readPrivilege } from '../core/namespace.ts';
import { isGlobalRegion, isRegionName, regionMeant } from '../core/region-name.ts';
import { ROLE_VALUES } from '../core/role-values.ts';
import { MINT_LIMITS } from '../core/token.ts';
import { parseConnectionString } from '../uri/connection-string.ts';

/**
 * The error in a value of `fedctl.yaml`; null if the value is valid. The text has no subject, because the key
 * precedes the text in the message.
 */
export type Fault = string | null;

/**
 * Returns the error in a connection string. Rejects every secret, including secrets that fedctl does not use,
 * because a file in a repository must not contain secrets.
 */
export function uriFault(uri: string): Fault {
  if (!/^mongodb(\+srv)?:\/\//i.test(uri)) return 'must start with mongodb:// or mongodb+srv://';
  try {
    const { proxy, tlsFiles } = parseConnectionString(uri);
    const secret = proxy?.password ?? tlsFiles.certificateKeyPassword;
    if (secret !== null || /AWS_SESSION_TOKEN/i.test(uri)) {
      return 'has an option with a secret: remove the option, because this file must not contain secrets';
    }
    return null;
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    if (error.code === 'mongo.password-in-uri')
      return 'has a password: remove the password, because no mechanism uses it';
    // This error is not reported here. The parser of the connection string reports the error later, with a
    // specific code and remedy.
    if (error.code === 'mongo.plaintext-refused') return null;
    const why = /^The user name or password/.test(error.likelyCause) ? ` ${error.likelyCause}` : '';
    return `is invalid: ${error.message.replace('Invalid connection string: ', '')}${why}`;
  }
}

export function audienceFault(audience: string): Fault {
  return [...audience].length <= MINT_LIMITS.audienceLength
    ? null
    : `must have at most ${MINT_LIMITS.audienceLength} characters`;
}

/** @param seconds the parsed duration; null for an invalid duration */
export function durationFault(seconds: number | null): Fault {
  if (seconds === null) return 'must be a number of seconds, or a duration such as 90s, 5m or 1h';
  if (seconds >= MINT_LIMITS.shortest && seconds <= MINT_LIMITS.longest) return null;
  return `must be from ${MINT_LIMITS.shortest} to ${MINT_LIMITS.longest} seconds`;
}

export function roleValueFault(kind: keyof typeof ROLE_VALUES): (value: string) => Fault {
  const { accepts, expected } = ROLE_VALUES[kind];
  return (value) => (accepts(value) ? null : `must be ${expected}`);
}

export function regionFault(name: string): Fault {
  if (isGlobalRegion(name)) return 'is the global endpoint, which mints no tokens; specify a Region';
  if (isRegionName(name)) return null;
  const meant = regionMeant(name);
  return meant === null
    ? 'must be a Region name, such as eu-west-1'
    : `must be a Region name (did you mean ${meant}?)`;
}

export function privilegeFault(text: string): Fault {
  return readPrivilege(text) === null
    ? 'must be an action on a database or collection, such as find@app or insert@app.visits'
    : null;
}

export function writeProbeFault(text: string): Fault {
  return readNamespace(text) === null
    ? 'must be true, false, or a database and a collection such as app.probe'
    : null;
}

export function nameServerFault(text: string): Fault {
  return readNameServer(text) === null ? 'must be an IP address and a port, such as 127.0.0.1:5353' : null;
}

export function atlasProjectFault(text: string): Fault {
  return /^[0-9a-f]{24}$/.test(text) ? null : 'must be a project ID: 24 hexadecimal digits';
}

/**
 * Requires an https URL, or an http URL with a loopback address. Also rejects host names with shell syntax
 * (`$(…)`). URLs allow such host names, but fedctl prints commands that contain the host name, and users
 * paste these commands into a shell.
 */
export function urlFault(text: string): Fault {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return 'must be an https URL';
  if (url.username !== '' || url.password !== '') return 'has a user name or a password: remove it';
  if (!/^(?:[\w.-]+|\[[0-9a-f:.]+\])$/i.test(url.hostname)) return 'must have a host name or an IP address';
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    return 'must use https, because its host is not a loopback address';
  return null;
}

export function issuerFault(text: string): Fault {
  // The pattern tests the text of the URL, because a URL object does not show an empty query or fragment.
  return urlFault(text) ?? (/[?#]/.test(text) ? 'must not have a query or a fragment' : null);
}
