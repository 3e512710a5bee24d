// The fixtures as a site answers for them, with a list of what there is.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { SITE } from '../harness/files';

const FOLDER = new URL('../fixtures/', import.meta.url).pathname;

const paths = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(FOLDER, join(entry.parentPath, entry.name)).split(sep).join('/'));

/** The answer for an address below `SITE`. */
export function fixtureAt(address: string): { type: string; body: string | Uint8Array } | undefined {
  const path = address.slice(SITE.length);
  if (address === `${SITE}index.json`) return { type: 'application/json', body: JSON.stringify(paths) };
  if (!address.startsWith(SITE) || !paths.includes(path)) return undefined;
  return { type: 'application/octet-stream', body: readFileSync(join(FOLDER, path)) };
}
