import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, ROOT } from '../lib/workspace.mjs';

const EXACT = /^\d+\.\d+\.\d+[^\s|]*$/;

/**
 * Native packages come as one small package per platform, listed as exact optional dependencies. A registry that lacks
 * some of them makes pnpm drop these without a word, and the lockfile then installs nothing on, say, a Mac.
 */
export async function lockfile() {
  const lock = readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8');
  const problems = /^\s+tarball:/m.test(lock) ? ['pnpm-lock.yaml holds tarball addresses'] : [];
  return problems.concat(installed().flatMap((manifest) => missing(manifest, lock)));
}

function missing({ name, version, optionalDependencies = {} }, lock) {
  return (
    Object.entries(optionalDependencies)
      .filter(([, range]) => EXACT.test(range))
      // An override takes a dependency away on purpose.
      .filter(([dependency]) => !lock.includes(`\n  ${name}>${dependency}: '-'`))
      .map(([dependency, range]) => `${dependency}@${range}`)
      .filter((key) => !lock.includes(`\n  ${key}:`) && !lock.includes(`\n  '${key}':`))
      .map((key) => `${name}@${version}: the lockfile lacks its optional ${key}`)
  );
}

function installed() {
  const store = join(ROOT, 'node_modules/.pnpm');
  return readdirSync(store).flatMap((entry) => {
    const modules = join(store, entry, 'node_modules');
    const name = packageName(entry);
    const manifest = name && join(modules, name, 'package.json');
    return manifest && existsSync(manifest) ? [readJson(manifest)] : [];
  });
}

/** `@scope+name@1.2.3_peers` is the folder of `@scope/name`. */
const packageName = (entry) => /^((?:@[^+]+\+)?[^@+]+)@/.exec(entry)?.[1].replace('+', '/');
