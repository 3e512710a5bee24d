import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks } from './markdown.mjs';
import { ROOT, sources } from './workspace.mjs';

const DOCUMENT =
  /^(README|CONTRIBUTING|SECURITY)\.md$|^(packages|plugins)\/[^/]+\/README\.md$|^benchmarks\/README\.md$/;

/**
 * Every code block that a reader is invited to run or to copy, with where it stands.
 *
 * @returns {{ at: string, file: string, lang: string, info: string, code: string, line: number }[]}
 */
export function documentedBlocks() {
  return sources()
    .filter((file) => DOCUMENT.test(file))
    .flatMap((file) =>
      codeBlocks(readFileSync(join(ROOT, file), 'utf8')).map((block) => ({
        ...block,
        file,
        at: `${file}:${block.line}`,
      })),
    );
}
