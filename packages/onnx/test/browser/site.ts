import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { openPage as open } from '../../../../tools/lib/browser.mjs';

/** A page that has loaded the program, with onnxruntime-web's files beside it. */
export function openPage() {
  const ort = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
  return open(new URL('./page.ts', import.meta.url), {
    pages: { '/': {} },
    files: (path) => {
      const file = join(ort, basename(path));
      if (!path.startsWith('/ort/') || !existsSync(file)) return undefined;
      return { type: path.endsWith('.wasm') ? 'application/wasm' : 'text/javascript', body: readFileSync(file) };
    },
  });
}
