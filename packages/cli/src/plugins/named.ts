import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { UsageError } from '../usage-error';
import type { Candidate } from './candidates';
import { readManifest } from './manifest';
import { packageRoot } from './repository';

/** A plugin that the user named: a file of JavaScript, or a package. */
export type Named = { readonly file: string } | Candidate;

/**
 * Finds what `--plugin` names: a file, a folder with a package.json, or an installed package.
 * @throws UsageError when there is no such thing
 */
export function findNamed(wanted: string, cwd: string): Named {
  const path = resolve(cwd, wanted);
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) return { file: path };
    const manifest = readManifest(path);
    if (manifest) return { folder: path, manifest };
    throw new UsageError(`--plugin ${wanted}: the folder has no package.json.`, { argument: 'plugin', file: path });
  }
  if (!wanted.startsWith('.') && !isAbsolute(wanted)) {
    for (const base of [cwd, packageRoot()]) {
      const folder = installedFolder(wanted, base);
      const manifest = folder && readManifest(folder);
      if (folder && manifest) return { folder, manifest };
    }
  }
  throw new UsageError(`--plugin ${wanted}: there is no such file, folder or installed package.`, {
    argument: 'plugin',
    got: wanted,
    remedy: `Install it (npm install ${/^[@\w./-]+$/.test(wanted) && !wanted.startsWith('.') ? wanted : 'NAME'}), or give a path.`,
  });
}

/** Looked for by hand: a package need not export its package.json. */
function installedFolder(name: string, base: string): string | undefined {
  const paths = createRequire(join(base, 'noop.js')).resolve.paths(name) ?? [];
  return paths.map((modules) => join(modules, name)).find((folder) => existsSync(join(folder, 'package.json')));
}

/** The file to import for a package. */
export function entryOf({ folder, manifest }: Candidate): string {
  if (manifest.plugin !== undefined) {
    const file = resolve(folder, manifest.plugin);
    if (file.startsWith(join(folder, '/'))) return file;
    throw new Error(`"paperzoo.plugin" points outside of the package: ${manifest.plugin}`);
  }
  const require = createRequire(join(folder, 'package.json'));
  try {
    return require.resolve(manifest.name);
  } catch {
    return require.resolve(join(dirname(join(folder, 'package.json')), '.'));
  }
}
