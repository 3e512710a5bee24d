import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from './process.mjs';
import { ROOT } from './workspace.mjs';

/** Where nx leaves the record of its last run. */
export const NX_RUN = join(ROOT, '.nx/cache/run.json');

// The cache stays inside the checkout, because nx's default, a folder in the user's home, would be shared by all clones.
const ENV = {
  NX_DAEMON: 'false',
  NX_ISOLATE_PLUGINS: 'false',
  NX_NO_CLOUD: 'true',
  NX_TUI: 'false',
  NX_CACHE_DIRECTORY: join(ROOT, '.nx/cache'),
  NX_WORKSPACE_DATA_DIRECTORY: join(ROOT, '.nx/workspace-data'),
};

/**
 * Runs the workspace's own nx without daemon, cloud or plugin process, whatever the caller's environment says.
 *
 * @param {string[]} args
 * @param {(line: string) => void} [onLine] as for `run`
 */
export function nx(args, onLine) {
  const script = createRequire(import.meta.url).resolve('nx/bin/nx.js');
  return run(process.execPath, [script, ...args], { cwd: ROOT, env: ENV, onLine });
}
