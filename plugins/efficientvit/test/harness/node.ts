import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fixtures } from './fixtures';

export const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
export const SAMPLES = fileURLToPath(new URL('../../samples', import.meta.url));

/** Paths of all fixture and sample files, as the harness calls them. */
export function fixturePaths(): Map<string, string> {
  const listed = (folder: string, prefix: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [prefix + path.slice(folder.length + 1).replaceAll('\\', '/'), path] as const;
      });
  return new Map([...listed(FIXTURES, ''), ...listed(SAMPLES, 'samples/')]);
}

/** The fixtures, read from this folder. */
export function readFixtures(): Fixtures {
  return new Fixtures(new Map([...fixturePaths()].map(([name, path]) => [name, new Uint8Array(readFileSync(path))])));
}
