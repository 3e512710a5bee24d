import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the paperzoo repository that this command is part of; undefined when it was installed from a registry. */
export function repositoryRoot(): string | undefined {
  const root = resolve(packageRoot(), '../..');
  return isWorkspace(root) && existsSync(join(root, 'packages/cli/package.json')) ? root : undefined;
}

/** The folder of this package: the nearest one above this file that has a package.json, for sources lie deeper than what is built. */
export function packageRoot(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, 'package.json')) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** A workspace that keeps plugins as this one does. */
export const isWorkspace = (folder: string): boolean =>
  existsSync(join(folder, 'pnpm-workspace.yaml')) && existsSync(join(folder, 'plugins'));
