// Starts the workspace's own nx: no daemon, no cloud, no plugin process, whatever the caller's environment says.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const env = { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false' };
const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
const run = spawnSync(process.execPath, [nx, ...process.argv.slice(2)], { stdio: 'inherit', env });
process.exit(run.status ?? 1);
