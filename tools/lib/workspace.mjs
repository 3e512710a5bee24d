import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const MADE = new Set([
  'node_modules',
  'dist',
  'generated',
  'results',
  '.results',
  '.jest-results.json',
  '.nx',
  '.jest-cache',
  '.git',
]);

/** The workspace's packages, each with its folder (relative to the root, with slashes) and its manifest. */
export function packages() {
  const folders = [...children('packages'), ...children('plugins'), 'benchmarks'];
  return folders
    .filter((dir) => existsSync(join(ROOT, dir, 'package.json')))
    .map((dir) => ({ dir, manifest: readJson(join(ROOT, dir, 'package.json')) }));
}

/** The packages that go to the registry. */
export const published = () => packages().filter(({ manifest }) => !manifest.private);

/** Every file of the repository that people write, relative to the root, with slashes: nothing that a tool makes. */
export function sources(folder = ROOT) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (MADE.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.isFile() ? [relative(ROOT, path).replaceAll('\\', '/')] : [];
  });
}

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

const children = (folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`);
