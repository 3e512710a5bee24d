import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError } from '../command-error';
import type { CommonOptions, Context } from '../context';
import { candidates } from '../plugins/candidates';
import { findNamed } from '../plugins/named';
import { repositoryRoot } from '../plugins/repository';
import { UsageError } from '../usage-error';
import { runCheck } from './run-browser-check';

export interface CheckBrowserOptions extends CommonOptions {
  readonly port?: number;
  readonly only?: string;
  readonly devices?: string;
  readonly sizes?: number;
  readonly all?: true;
  readonly run?: true;
  readonly out?: string;
}

interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** `paperzoo check-browser`: serves the page that runs the suite in a person's own browser until Ctrl-C, or runs it in a headless one. */
export async function checkBrowser(context: Context, options: CheckBrowserOptions): Promise<number> {
  const root = repositoryRoot();
  const folder = root && join(root, 'packages/testing/browser');
  if (!folder || !existsSync(join(folder, 'serve.mjs'))) {
    throw new CommandError('The page is part of the paperzoo repository, which is not here.', {
      remedy: 'Clone it and run there: npm start -- check-browser',
    });
  }
  if (options.out !== undefined && !options.run) {
    throw new UsageError('--out keeps the report of --run; a page has a button for its own.', { argument: 'out' });
  }
  const address = { query: queryOf(options), plugins: pluginPaths(options) };
  if (options.run) return runCheck(context, folder, address, options.out && resolve(options.out));
  await servePage(context, folder, address, options.port ?? 0);
  return 0;
}

async function servePage(
  { terminal, signal }: Context,
  folder: string,
  { query, plugins }: { query: string; plugins: readonly string[] },
  port: number,
): Promise<void> {
  const { serve } = (await import(pathToFileURL(join(folder, 'serve.mjs')).href)) as {
    serve(port: number, plugins: readonly string[]): Promise<Site>;
  };
  const site = await serve(port, plugins);
  const url = site.url + query;
  terminal.result({ url }, () => {
    terminal.write(`Open ${url} in the browser that is to be checked. Ctrl-C stops serving.`);
  });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await site.close();
}

/** The page reads from its address what it is to check. */
function queryOf({ only, devices, sizes, all }: CheckBrowserOptions): string {
  const query = new URLSearchParams({
    ...(only !== undefined && { only }),
    ...(devices !== undefined && { devices }),
    ...(sizes !== undefined && { sizes: String(sizes) }),
    ...(all && { sizes: 'all' }),
  });
  return query.size > 0 ? `?${query.toString()}` : '';
}

/** Folders or files of all plugins that can be found; the page's bundler imports them, so that they need not be built. */
function pluginPaths({ plugin = [] }: CheckBrowserOptions): string[] {
  const cwd = process.cwd();
  const named = plugin.map((name) => findNamed(name, cwd));
  const names = new Set(named.flatMap((each) => ('manifest' in each ? [each.manifest.name] : [])));
  const others = candidates(cwd).filter(({ manifest }) => !names.has(manifest.name));
  return [...named, ...others].map((each) => ('file' in each ? each.file : each.folder));
}
