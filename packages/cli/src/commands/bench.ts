import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CommonOptions, Context } from '../context';
import { loadPlugins } from '../plugins/load-plugins';
import { runBench } from './run-bench';
import { writeBench } from './write-bench';

export interface BenchOptions extends CommonOptions {
  readonly full?: boolean;
  readonly threads?: number;
  readonly open?: boolean;
  readonly out?: string;
}

/** `paperzoo bench`: runs the suite of `@paperzoo/benchmarks` and says where its files are. */
export async function bench(context: Context, filter: string | undefined, options: BenchOptions): Promise<void> {
  const { terminal } = context;
  const { full = false, threads, open = false, out } = options;
  const { found } = await loadPlugins(context, options);
  const outcome = await runBench(context, {
    plugins: found.map(({ plugin, file }) => ({ plugin, url: pathToFileURL(file).href })),
    suite: full ? 'full' : 'quick',
    ownBrowser: open,
    ...(filter !== undefined && { filter }),
    ...(threads !== undefined && { threads }),
    ...(out !== undefined && { out: resolve(out) }),
  });
  terminal.result({ ...outcome.result, files: outcome.files }, () => writeBench(terminal, outcome));
}
