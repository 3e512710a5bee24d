import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This package's folder, whether it runs built or from its sources. The page is bundled from there. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'src/webgpu/page/main.ts'))) return folder;
    if (folder === dirname(folder)) throw new Error('The benchmark page is part of the repository, which is not here.');
  }
}
