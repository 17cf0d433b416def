// @ts-check

/**
 * Returns why this version of Node.js cannot run fedctl; null if it can.
 *
 * @param {string} version `20.19.0`
 */
export function nodeFault(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return null;
  return `fedctl requires Node.js 20.19 or later, but this runner has ${version}. Add a step with actions/setup-node before this step.`;
}
