// @ts-check

import { resolve } from 'node:path';
import { splitWords } from './words.js';

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */

/** Inputs that the tool takes as variables: what stands in one is never part of a command line. */
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
 * Everything in the environment that the log must not show, wherever it turns up: the Atlas API's secrets, and what a
 * connection string has no business to hold.
 *
 * @param {Environment} env
 * @returns {readonly string[]}
 */
export function secretsOf(env) {
  const given = SECRETS.map((name) => env[name]?.trim() ?? '');
  const inUris = [env['INPUT_URI'], env['FEDCTL_URI']].flatMap((uri) => secretsInUri(uri ?? ''));
  // A secret of two lines is hidden line by line as well; the runner does that.
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
 * What the inputs ask for.
 *
 * @param {Environment} env as action.yml fills it: INPUT_<NAME>, empty where nothing was given
 * @returns the variables for the tool, its extra arguments, the folder to run it in, and the reports to write
 * @throws Error that names an input and why it cannot be, without what stands in it
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
    throw new Error(`${inputName(name)} must be one line, without control characters`);
  return value;
}

/** @param {Environment} env */
function extraArguments(env) {
  try {
    return splitWords(env['INPUT_ARGS'] ?? '');
  } catch (error) {
    throw new Error(`args cannot be split: ${error instanceof Error ? error.message : error}`);
  }
}

/** @param {string} name `ROLE_ARN` → `role-arn` */
function inputName(name) {
  return name.toLowerCase().replaceAll('_', '-');
}

/**
 * The environment of the tool: that of the step and what the inputs set, without the inputs, and without settings of
 * the faces, which are the action's to choose.
 *
 * @param {Environment} env
 * @param {Readonly<Record<string, string>>} variables
 */
export function toolEnvironment(env, variables) {
  const kept = Object.entries(env).filter(([name]) => !/^INPUT_|^FEDCTL_(OUTPUT|JSON|QUIET)$/.test(name));
  return { ...Object.fromEntries(kept), ...variables };
}
