import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readManifest, type Manifest } from './manifest';
import { isWorkspace, packageRoot, repositoryRoot } from './repository';

/** A folder whose package.json says that it is a plugin. */
export interface Candidate {
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Folders with plugins, nearest first: the package that one stands in, the workspace around it and its node_modules, then the repository
 * of this command and the packages beside it. A name is taken once.
 */
export function candidates(cwd: string): Candidate[] {
  const found = new Map<string, Candidate>();
  const seen = new Set<string>();
  const consider = (folder: string) => {
    const real = realPath(folder);
    if (real === undefined || seen.has(real)) return;
    seen.add(real);
    const manifest = readManifest(real);
    if (manifest?.isPlugin && !found.has(manifest.name)) found.set(manifest.name, { folder: real, manifest });
  };
  for (const folder of ancestors(cwd)) {
    consider(folder);
    if (isWorkspace(folder)) subfolders(join(folder, 'plugins')).forEach(consider);
    installed(join(folder, 'node_modules')).forEach(consider);
  }
  const root = repositoryRoot();
  if (root) subfolders(join(root, 'plugins')).forEach(consider);
  for (const folder of ancestors(packageRoot())) installed(join(folder, 'node_modules')).forEach(consider);
  return [...found.values()];
}

/** The folder itself and everything above it. */
function ancestors(folder: string): string[] {
  const all = [folder];
  for (let at = folder; dirname(at) !== at;) all.push((at = dirname(at)));
  return all;
}

/** Packages of a node_modules folder, scoped ones included; empty where there is none. */
function installed(modules: string): string[] {
  return subfolders(modules).flatMap((folder) =>
    folder.startsWith(join(modules, '@')) ? subfolders(folder) : [folder],
  );
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
