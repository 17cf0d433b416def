import type { Context } from '../core/context.ts';

/** Matches the names of the environment variables that a configuration file may read. */
const OWN = /^FEDCTL_VAR_\w+$/;

/** Matches `$$`, `${NAME}`, `${NAME:-default}`, and an invalid `${`. Nested braces are invalid. */
const MARKS = /\$(?:(\$)|\{(?:([^{}:]*)(?::-([^{}]*))?\})?)/g;

/**
 * Replaces variables in a text: `${FEDCTL_VAR_NAME}`, and `${FEDCTL_VAR_NAME:-default}` for a variable that
 * may be missing or empty. `$$` is a dollar sign. Text such as `${NAME}` in the value of a variable is not
 * replaced. Names that do not start with FEDCTL_VAR_ are rejected, because a file in a cloned repository must
 * not read secrets from the environment. Error messages contain no values.
 */
export function interpolate(
  text: string,
  env: Context['env'],
): { readonly text: string } | { readonly fault: string } {
  const faults: string[] = [];
  const replaced = text.replace(MARKS, (mark, dollar?: string, name?: string, fallback?: string) => {
    if (dollar !== undefined) return '$';
    if (mark === '$') return mark;
    const read = name === undefined ? { fault: BROKEN } : variable(name, fallback, env);
    if ('text' in read) return read.text;
    faults.push(read.fault);
    return '';
  });
  const [fault] = faults;
  return fault === undefined ? { text: replaced } : { fault };
}

const BROKEN = `has an unclosed or nested "\${" (expected "\${FEDCTL_VAR_<NAME>}"; write a literal "\${" as "$\${")`;

function variable(name: string, fallback: string | undefined, env: Context['env']) {
  if (!OWN.test(name)) {
    return {
      fault: `refers to ${shownName(name)}: a configuration file can read only variables named FEDCTL_VAR_…`,
    };
  }
  const value = env[name];
  if (value !== undefined && (value !== '' || fallback === undefined)) return { text: value };
  if (fallback !== undefined) return { text: fallback };
  return {
    fault: `requires ${name}, which is not set; set the variable or specify a default: \${${name}:-<default>}`,
  };
}

/**
 * Returns the variable name for messages. Replaces an invalid name, because an invalid name may contain a
 * secret.
 */
function shownName(name: string): string {
  return /^\w{1,40}$/.test(name) ? `\${${name}}` : 'an invalid variable name';
}
