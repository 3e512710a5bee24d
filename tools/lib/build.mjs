import { stripVTControlCharacters } from 'node:util';
import { nx } from './nx.mjs';

/** Builds what changed and names only that; on failure prints everything that nx said. Resolves to nx's exit code. */
export async function build() {
  const onLine = (line) => {
    const name = builtPackage(line);
    if (name) console.log(`built ${name}`);
  };
  const { code, output } = await nx(['run-many', '-t', 'build'], onLine);
  if (code !== 0) console.error(`${output}\n\nThe build failed (exit code ${code}): see the lines above.`);
  return code;
}

/** The package that one line of nx's output says was built anew; undefined for cache hits and all other lines. */
export function builtPackage(line) {
  return /^✔\s+nx run (\S+):build\s*$/.exec(stripVTControlCharacters(line).trim())?.[1];
}
