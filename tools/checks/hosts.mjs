import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, sources } from '../lib/workspace.mjs';

const HOST = new RegExp(
  `https?://[^\\s"'\`]*(registry|${'npm'}js|${'npm'}mirror)|\\bregistry\\.[a-z]+\\.[a-z]{2,}\\b`,
  'i',
);
const TEXT = /\.(md|json|ya?ml|[mc]?[jt]s|html|css|sh|toml|txt)$|(^|\/)(run|LICENSE|\.[^/]+)$/;

/** Text files that name a package registry's host: every reader has a registry of their own, and a lockfile must fit them all. */
export async function hosts() {
  return sources()
    .filter((file) => TEXT.test(file))
    .flatMap((file) => {
      const found = HOST.exec(readFileSync(join(ROOT, file), 'utf8'));
      return found ? [`${file}: ${found[0]}`] : [];
    });
}
