import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROOT } from './workspace.mjs';

/** The exact pnpm that the repository is pinned to, such as `pnpm@10.34.9`. */
export const PNPM = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).packageManager;

/**
 * Command and arguments that run npm. npm's script is started by this very Node, because npm's launcher on
 * Windows is a .cmd file and Node refuses to spawn those without a shell.
 *
 * @param {string[]} args
 * @returns {[string, string[]]}
 */
export function npm(...args) {
  const script = npmScript();
  if (script) return [process.execPath, [script, ...args]];
  if (process.platform === 'win32')
    throw new Error('npm was not found beside node.exe: run this through "npm start" or "npm test"');
  return ['npm', args];
}

/** Command and arguments that run the pinned pnpm, fetched by npm when needed; `--yes` because a user's npmrc may say no. */
export const pnpm = (...args) => npm('exec', '--yes', `--package=${PNPM}`, '--', 'pnpm', ...args);

function npmScript() {
  const folder = dirname(process.execPath);
  const places = [
    join(folder, 'node_modules/npm/bin/npm-cli.js'),
    join(folder, '../lib/node_modules/npm/bin/npm-cli.js'),
  ];
  const caller = process.env.npm_execpath;
  if (caller && basename(caller) === 'npm-cli.js') places.unshift(caller);
  return places.find(existsSync);
}
