import { join } from 'node:path';
import { capture } from './process.mjs';
import { ROOT } from './workspace.mjs';

/** Runs a program of node_modules from the root, as a check: its output lines are the problems when it exits with an error. */
export async function problemsOf(script, args) {
  const { code, output } = await capture(process.execPath, [join(ROOT, 'node_modules', script), ...args], {
    cwd: ROOT,
  });
  return code === 0 ? [] : output.split('\n').filter((line) => line.trim() !== '');
}
