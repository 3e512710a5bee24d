import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Version of an installed package; undefined when it is not installed. Reads the nearest manifest of that name above its entry file. */
export async function versionOf(name: string): Promise<string | undefined> {
  let folder: string;
  try {
    folder = dirname(require.resolve(name));
  } catch {
    return undefined;
  }
  for (;;) {
    const manifest = await readFile(join(folder, 'package.json'), 'utf8').then(
      (text) => JSON.parse(text) as { name?: string; version?: string },
      () => undefined,
    );
    if (manifest?.name === name) return manifest.version;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}
