import { readFileSync } from 'node:fs';
import { ISOLATED, serveProgram } from '../../../../tools/lib/browser.mjs';
import { fixturePaths } from '../harness/node';

/** Serves the page at `/isolated` and at `/plain`, and the fixtures. */
export function serve() {
  const paths = fixturePaths();
  return serveProgram(new URL('./page.ts', import.meta.url), {
    pages: { '/isolated': ISOLATED, '/plain': {} },
    files: (path) => {
      if (path === '/fixtures.json') return { type: 'application/json', body: JSON.stringify([...paths.keys()]) };
      const file = path.startsWith('/fixtures/') ? paths.get(path.slice('/fixtures/'.length)) : undefined;
      return file === undefined ? undefined : { type: 'application/octet-stream', body: readFileSync(file) };
    },
  });
}
