import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Bundles everything that packages export for a page, minified, and gzips it: kB are thousands of bytes. */
export async function bundleSize(
  imports: readonly string[],
): Promise<{ value: number; details: Readonly<Record<string, number>> }> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: {
      contents: imports.map((name) => `export * from '${name}';`).join('\n'),
      resolveDir: dirname(fileURLToPath(import.meta.url)),
    },
    ...{ bundle: true, minify: true, write: false, format: 'esm', platform: 'browser', target: 'es2022' },
    logLevel: 'silent',
  });
  const bytes = outputFiles[0]!.contents;
  return { value: gzipSync(bytes, { level: 9 }).length / 1000, details: { 'minified kB': bytes.length / 1000 } };
}
