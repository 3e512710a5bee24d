import type * as Benchmarks from '@paperzoo/benchmarks';
import type { SuiteEvent, SuiteOptions, SuiteResult } from '@paperzoo/benchmarks';
import { CommandError } from '../command-error';
import type { Context } from '../context';
import { startProgress } from '../terminal/progress';
import { rowLine } from './bench-lines';

export interface BenchOutcome {
  readonly result: SuiteResult;
  readonly files: { readonly json: string; readonly html: string };
}

interface BenchWishes extends Pick<SuiteOptions, 'suite' | 'filter' | 'plugins' | 'ownBrowser'> {
  /** Only cases with this many threads. */
  readonly threads?: number;
  /** Folder of the results; default the benchmarks' own. */
  readonly out?: string;
}

/** Runs a suite with progress and writes its files. Rejects with `CommandError` where the suite is not installed. */
export async function runBench({ terminal, signal }: Context, { out, ...wishes }: BenchWishes): Promise<BenchOutcome> {
  const { runSuite, writeResults } = await benchmarks();
  const progress = startProgress(terminal, 'Measuring');
  let total = 1;
  let title = '';
  try {
    const result = await runSuite({ ...wishes, signal, onEvent: tell });
    return { result, files: await writeResults(result, out) };
  } finally {
    progress.stop();
  }

  function tell(event: SuiteEvent): void {
    if (event.type === 'begin') total = event.total;
    else if (event.type === 'case') {
      title = event.threads > 1 ? `${event.title}, ${event.threads} threads` : event.title;
      progress.update(event.done / total, title);
    } else if (event.type === 'open') {
      progress.log(`Open ${event.url} in the browser to be measured, and keep it open. Ctrl-C stops.`);
    } else if (event.type === 'progress') progress.update((event.done + event.fraction) / total, title);
    else progress.log(rowLine(event.row));
  }
}

async function benchmarks(): Promise<typeof Benchmarks> {
  try {
    return await import('@paperzoo/benchmarks');
  } catch (cause) {
    const missing = (cause as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND';
    if (!missing || !String((cause as Error).message).includes('@paperzoo/benchmarks')) throw cause;
    throw new CommandError('The benchmark suite is not installed here.', {
      cause,
      remedy: 'It is part of the repository: clone it and run npm start -- bench.',
    });
  }
}
