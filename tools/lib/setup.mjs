import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNPM, pnpm } from './npm.mjs';
import { run } from './process.mjs';
import { packages, ROOT } from './workspace.mjs';

const STAMP = join(ROOT, 'node_modules/.paperzoo-setup');

/** What the installed dependencies depend on, as one hash: the lockfile, every manifest, the platform and pnpm's version. */
export function setupStamp() {
  const hash = createHash('sha256').update(`${PNPM} ${process.platform} ${process.arch}`);
  const manifests = packages().map(({ dir }) => `${dir}/package.json`);
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex');
}

/** Installs the locked dependencies unless they are the installed ones; resolves to pnpm's exit code. */
export async function setup() {
  const stamp = setupStamp();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return 0;
  console.log(`Installing dependencies with ${PNPM} (about 1 GB in node_modules, once) ...`);
  // A node_modules made by another pnpm is replaced without a question, as a script has nobody to ask.
  const { code } = await run(
    ...pnpm('install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'),
    {
      cwd: ROOT,
    },
  );
  if (code === 0) writeFileSync(STAMP, stamp);
  else
    console.error(
      `\nThe installation failed (exit code ${code}): see the lines above; it needs the npm registry once.`,
    );
  return code;
}
