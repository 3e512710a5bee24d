import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, pnpm } from './npm.mjs';
import { capture } from './process.mjs';
import { published, ROOT } from './workspace.mjs';

/**
 * Packs every published package as the registry would get it (pnpm replaces `workspace:` and `catalog:` ranges).
 *
 * @param {string} folder receives the tarballs
 * @returns {Promise<Map<string, string>>} package name → its tarball
 */
export async function packAll(folder) {
  const filters = published().flatMap(({ manifest }) => ['--filter', manifest.name]);
  const [command, args] = pnpm('-r', ...filters, 'pack', '--pack-destination', folder, '--json');
  const { code, output } = await capture(command, args, { cwd: ROOT });
  if (code !== 0) throw new Error(`pnpm pack failed:\n${output}`);
  const packed = JSON.parse(output.slice(output.indexOf('['), output.lastIndexOf(']') + 1));
  return new Map(packed.map(({ name, filename }) => [name, filename]));
}

/** The names of a published package and of all packages of this workspace that it needs at run time, peers included. */
export function closure(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  const found = published().find(({ manifest }) => manifest.name === name);
  if (!found) return seen;
  seen.add(name);
  for (const need of Object.keys({ ...found.manifest.dependencies, ...found.manifest.peerDependencies }))
    closure(need, seen);
  return seen;
}

/**
 * Makes an npm project in `folder` and installs tarballs (and what they need from the registry) into it.
 *
 * @param {string} folder
 * @param {string[]} what tarballs or other things that npm installs
 */
export async function installInto(folder, what) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-update-notifier'];
  const [command, args] = npm('install', ...flags, ...what);
  const { code, output } = await capture(command, args, { cwd: folder });
  if (code !== 0) throw new Error(`npm install ${what.join(' ')} failed:\n${output}`);
}
