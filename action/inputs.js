// @ts-check

import { resolve } from 'node:path';
import { splitWords } from './words.js';

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */

/** Inputs that fedctl receives as environment variables, so their values are never part of a command line. */
const AS_VARIABLES = {
  URI: 'FEDCTL_URI',
  AUDIENCE: 'FEDCTL_AUDIENCE',
  MECHANISM: 'FEDCTL_MECHANISM',
  CONFIG: 'FEDCTL_CONFIG',
  ROLE_ARN: 'FEDCTL_ROLE_ARN',
  PROFILE: 'FEDCTL_PROFILE',
  REGION: 'FEDCTL_REGION',
  TOKEN_FILE: 'FEDCTL_TOKEN_FILE',
  ATLAS_PROJECT: 'FEDCTL_ATLAS_PROJECT',
  FAIL_ON: 'FEDCTL_FAIL_ON',
  WAIT: 'FEDCTL_WAIT',
  ATLAS_CLIENT_ID: 'MONGODB_ATLAS_CLIENT_ID',
  ATLAS_CLIENT_SECRET: 'MONGODB_ATLAS_CLIENT_SECRET',
  ATLAS_PUBLIC_KEY: 'MONGODB_ATLAS_PUBLIC_API_KEY',
  ATLAS_PRIVATE_KEY: 'MONGODB_ATLAS_PRIVATE_API_KEY',
};

const SECRETS = [
  'INPUT_ATLAS_CLIENT_SECRET',
  'INPUT_ATLAS_PRIVATE_KEY',
  'MONGODB_ATLAS_CLIENT_SECRET',
  'MONGODB_ATLAS_PRIVATE_API_KEY',
];

/**
 * Returns the secrets that the log must not show: secrets of the Atlas API, and passwords and session tokens in connection
 * strings.
 *
 * @param {Environment} env
 * @returns {readonly string[]}
 */
export function secretsOf(env) {
  const given = SECRETS.map((name) => env[name]?.trim() ?? '');
  const inUris = [env['INPUT_URI'], env['FEDCTL_URI']].flatMap((uri) => secretsInUri(uri ?? ''));
  // The runner also masks each line of a secret with several lines.
  return [...new Set([...given, ...inUris])].filter((secret) => secret !== '');
}

/** @param {string} uri */
function secretsInUri(uri) {
  const password = /^\s*[a-z+]+:\/\/[^/@:]*:([^/]*)@/i.exec(uri)?.[1];
  const token = /AWS_SESSION_TOKEN:([^,&\s]+)/.exec(uri)?.[1];
  return [password, token].flatMap((found) => (found === undefined ? [] : [found, decoded(found)]));
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Reads the inputs of the action.
 *
 * @param {Environment} env the environment that action.yml sets: INPUT_<NAME>, empty if the input is not set
 * @returns the variables for fedctl, extra arguments, the working directory, and the paths of the reports
 * @throws Error with the name of the invalid input and the reason, without the value
 */
export function readInputs(env) {
  const cwd = resolve(env['GITHUB_WORKSPACE'] ?? '.', singleLine(env, 'WORKING_DIRECTORY'));
  /** @param {string} name */
  const file = (name) => {
    const given = singleLine(env, name);
    return given === '' ? '' : resolve(cwd, given);
  };
  /** @type {Record<string, string>} */
  const variables = {};
  for (const [input, variable] of Object.entries(AS_VARIABLES)) {
    const value = singleLine(env, input);
    if (value !== '') variables[variable] = value;
  }
  return { variables, args: extraArguments(env), cwd, junit: file('JUNIT'), html: file('HTML') };
}

/**
 * @param {Environment} env
 * @param {string} name
 */
function singleLine(env, name) {
  const value = env[`INPUT_${name}`]?.trim() ?? '';
  if (/\p{Cc}/u.test(value))
    throw new Error(`The input ${inputName(name)} must be one line without control characters.`);
  return value;
}

/** @param {Environment} env */
function extraArguments(env) {
  try {
    return splitWords(env['INPUT_ARGS'] ?? '');
  } catch (error) {
    throw new Error(`The input args is invalid: ${error instanceof Error ? error.message : error}.`);
  }
}

/** Converts `ROLE_ARN` to `role-arn`. @param {string} name */
function inputName(name) {
  return name.toLowerCase().replaceAll('_', '-');
}

/**
 * Returns the environment of fedctl: the environment of the step and the variables of the inputs. Omits the inputs
 * themselves and variables for output formats, which the action sets.
 *
 * @param {Environment} env
 * @param {Readonly<Record<string, string>>} variables
 */
export function toolEnvironment(env, variables) {
  const kept = Object.entries(env).filter(([name]) => !/^INPUT_|^FEDCTL_(OUTPUT|JSON|QUIET)$/.test(name));
  return { ...Object.fromEntries(kept), ...variables };
}
