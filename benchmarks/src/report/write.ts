import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SuiteResult } from '../results';
import { renderReport } from './render';

/** Where results go unless the caller says otherwise: `results` of this package. */
export const resultsFolder = (): string => fileURLToPath(new URL('../results', import.meta.url));

/** Writes `<date>-<suite>.json` and `report.html`, which shows the newest run. Resolves to both paths. */
export async function writeResults(
  result: SuiteResult,
  folder = resultsFolder(),
): Promise<{ json: string; html: string }> {
  await mkdir(folder, { recursive: true });
  const stamp = result.date.slice(0, 19).replace(/:/g, '-');
  const json = join(folder, `${stamp}-${result.suite}.json`);
  const html = join(folder, 'report.html');
  await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(html, await renderReport(result));
  return { json, html };
}
