// @ts-check

/**
 * Why this Node.js cannot run the tool, or null.
 *
 * @param {string} version `20.19.0`
 */
export function nodeFault(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return null;
  return `fedctl needs Node.js 20.19 or later, and this runner has ${version}: add a step with actions/setup-node before it`;
}
