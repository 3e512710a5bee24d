import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AttrError, throwIfAborted, type Plugin } from '@paperzoo/core';
import type { FigureCase, PageCase, TimedCase } from '../cases/case';
import { allCases } from '../cases/index';
import { pluginCases } from '../cases/plugin';
import { firstLine } from '../first-line';
import { machineFacts } from '../machine/facts';
import { goalsOf } from '../goals';
import type { FigureRow, Peak, Row, SuiteResult, TimedRow } from '../results';
import { raceInHeats } from './heats';
import { selectCases } from './select';

/** What happens while a suite runs. `done` counts finished cases; `fraction` is the running one's share. */
export type SuiteEvent =
  | { readonly type: 'begin'; readonly total: number }
  | { readonly type: 'case'; readonly title: string; readonly threads: number; readonly done: number }
  | { readonly type: 'progress'; readonly fraction: number; readonly done: number }
  | { readonly type: 'open'; readonly url: string }
  | { readonly type: 'row'; readonly row: Row; readonly done: number };

export interface SuiteOptions {
  /** Default `quick`. */
  readonly suite?: 'quick' | 'full';
  /** Only cases whose id, group or title contains this. */
  readonly filter?: string;
  /** Only cases with this many threads. */
  readonly threads?: number;
  /** Plugins whose own benchmarks are part of the suite, each with the address of the module that exports it by default. */
  readonly plugins?: readonly { readonly plugin: Plugin; readonly url: string }[];
  /** Pages are opened by a person, in a browser of theirs, at the address that an `open` event tells; otherwise Chromium opens them. */
  readonly ownBrowser?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: SuiteEvent) => void;
  /** Noted in the result: how the reader gets the same numbers. */
  readonly command?: string;
  /** The built `child.js`; found by itself beside the built package. */
  readonly childEntry?: string;
}

/**
 * Runs a suite and resolves to everything it measured. A case that fails is a row with its reason. Throws `AttrError` when no case fits the
 * filter or when the package is not built, `AbortError` when the signal fires.
 */
export async function runSuite(options: SuiteOptions = {}): Promise<SuiteResult> {
  const { suite = 'quick', filter, threads: only, plugins = [], signal, onEvent } = options;
  const brought = await Promise.all(plugins.map(({ plugin }) => pluginCases(plugin)));
  const every = [...allCases, ...brought.flat()];
  const cases = selectCases(every, suite, filter, only);
  if (cases.length === 0) {
    const wish = [filter && `"${filter}"`, only && `${only} threads`].filter(Boolean).join(' and ');
    throw new AttrError(`No case of the ${suite} suite fits ${wish}.`, {
      argument: filter ? 'filter' : 'threads',
      got: filter ?? only,
      expected: [...new Set(selectCases(every, 'full').map((c) => c.group))],
      remedy: 'A filter is part of a case’s id, group or title.',
    });
  }
  const entry = childEntry(options.childEntry);
  const start = performance.now();
  const machine = await machineFacts();
  const peaks: Peak[] = [];
  const rows: Row[] = [];
  const finish = (row: Row) => {
    rows.push(row);
    onEvent?.({ type: 'row', row, done: rows.length });
  };
  onEvent?.({ type: 'begin', total: cases.length });

  const onPeak = (peak: Peak) => {
    const at = peaks.findIndex((p) => p.threads === peak.threads);
    if (at < 0) peaks.push(peak);
    else peaks[at] = higher(peaks[at]!, peak);
  };
  let port = 0;
  const onProgress = (fraction: number) => onEvent?.({ type: 'progress', fraction, done: rows.length });
  for (const timed of cases.filter((c): c is TimedCase => c.kind === 'timed')) {
    announce(timed);
    finish(await raceInHeats(timed, { entry, suite, plugins: urlsOf(timed), signal, onPeak, onProgress }));
  }
  for (const page of cases.filter((c): c is PageCase => c.kind === 'page')) {
    throwIfAborted(signal, 'The benchmark');
    announce(page);
    finish(await pageRow(page));
  }
  for (const figure of cases.filter((c): c is FigureCase => c.kind === 'figure')) {
    throwIfAborted(signal, 'The benchmark');
    announce(figure);
    finish(await figureRow(figure, signal));
  }

  function urlsOf({ plugin: name }: TimedCase): string[] {
    const of = plugins.find(({ plugin }) => plugin.name === name);
    return of ? [of.url] : [];
  }

  /** A person's page stays open and goes on with the next race, so that all of them are at one address. */
  async function pageRow(page: PageCase): Promise<TimedRow> {
    const onOpen = (url: string) => {
      if (port === 0) onEvent?.({ type: 'open', url });
      port = Number(new URL(url).port);
    };
    const host = { suite, signal, port, nodeEntry: adapterEntry(entry), onProgress };
    try {
      return await page.race({ ...host, ...(options.ownBrowser && { onOpen }) });
    } catch (error) {
      throwIfAborted(signal, 'The benchmark');
      const { id, group, title } = page;
      const own = { id: 'paperzoo', label: 'paperzoo', threads: 1, unavailable: firstLine(error) };
      return { kind: 'timed', id, group, title, threads: 1, entries: [own] };
    }
  }

  function announce({ title, ...rest }: TimedCase | FigureCase | PageCase) {
    onEvent?.({ type: 'case', title, threads: rest.kind === 'timed' ? rest.threads : 1, done: rows.length });
  }

  return {
    schema: 1,
    suite,
    ...(filter ? { filter } : {}),
    date: new Date().toISOString(),
    seconds: (performance.now() - start) / 1000,
    command: options.command ?? commandOf(suite, filter, only),
    machine,
    peaks,
    rows,
    goals: goalsOf(
      rows,
      cases.flatMap((c) => c.targets ?? []),
    ),
  };
}

/** A filter goes into quotes, so that whoever copies the line runs one command. */
const commandOf = (suite: string, filter: string | undefined, threads: number | undefined) =>
  ['paperzoo bench', `--${suite}`, threads && `--threads ${threads}`, filter && JSON.stringify(filter)]
    .filter(Boolean)
    .join(' ');

function childEntry(given: string | undefined): string {
  const entry = given ?? fileURLToPath(new URL('./child.js', import.meta.url));
  if (existsSync(entry)) return entry;
  throw new AttrError(`The benchmark’s process ${entry} does not exist.`, {
    argument: 'childEntry',
    remedy: 'Build the package first: npm run build.',
  });
}

/** The process for Node's own adapter lies beside the one that races. */
const adapterEntry = (entry: string) => join(dirname(entry), 'adapter.js');

const higher = (a: Peak, b: Peak): Peak => ({
  threads: a.threads,
  gflops: Math.max(a.gflops, b.gflops),
  copyGBs: Math.max(a.copyGBs, b.copyGBs),
});

async function figureRow(theCase: FigureCase, signal: AbortSignal | undefined): Promise<FigureRow> {
  const { kind, id, group, title, definition, unit } = theCase;
  const row = { kind, id, group, title, ...(definition !== undefined && { definition }), unit };
  try {
    const { value, details } = await theCase.figure(signal);
    return { ...row, value, ...(details && { details }) };
  } catch (error) {
    throwIfAborted(signal, 'The benchmark');
    return { ...row, unavailable: firstLine(error) };
  }
}
