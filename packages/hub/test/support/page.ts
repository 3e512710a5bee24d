import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

interface PageRunner {
  runInPage(script: string, files: Record<string, string>): Promise<void>;
}

/** Runs a module in Chromium to its end; rejects with the page's own error. */
export async function runModuleInPage(module: URL, files: Readonly<Record<string, URL>>): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(module)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@paperzoo/source'],
    logLevel: 'silent',
  });
  const { runInPage } = (await import(new URL('../../../../tools/lib/page.mjs', import.meta.url).href)) as PageRunner;
  const paths = Object.entries(files).map(([url, file]) => [url, fileURLToPath(file)]);
  await runInPage(outputFiles[0]!.text, Object.fromEntries(paths) as Record<string, string>);
}
