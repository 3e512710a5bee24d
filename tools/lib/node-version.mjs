/** The oldest Node the packages support: the first 20.x that lets CommonJS `require` an ES module. */
export const OLDEST_NODE = [20, 19];

/** The message for a Node that is too old, or undefined. `version` is `process.versions.node`. */
export function nodeProblem(version) {
  const [major, minor] = version.split('.').map(Number);
  const [wantMajor, wantMinor] = OLDEST_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return undefined;
  return `paperzoo needs Node ${OLDEST_NODE.join('.')} or newer, and this is Node ${version}. Install a current Node (https://nodejs.org) and run the command again.`;
}
