import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, sources } from '../lib/workspace.mjs';

/** Links of a document to files of this repository that are not there. */
export async function links() {
  return sources()
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => {
      const targets = readFileSync(join(ROOT, file), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g);
      return Array.from(targets, ([, target]) => target)
        .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(ROOT, dirname(file), target)))
        .map((target) => `${file}: ${target} does not exist`);
    });
}
