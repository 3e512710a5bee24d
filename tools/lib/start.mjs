import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { run } from './process.mjs';
import { setup } from './setup.mjs';
import { ROOT } from './workspace.mjs';

/**
 * Sets up, builds and hands over to the command line: `args` go to it unchanged, no arguments mean its `demo`.
 * It runs where the user stands (npm tells through INIT_CWD), so that relative paths mean what the user sees.
 */
export async function start(args) {
  const code = (await setup()) || (await build());
  if (code !== 0) return code;
  const cli = join(ROOT, 'packages/cli/dist/bin.js');
  const here = process.env.INIT_CWD;
  const cwd = args.length > 0 && here && existsSync(here) ? here : ROOT;
  return (await run(process.execPath, [cli, ...(args.length > 0 ? args : ['demo'])], { cwd })).code;
}
