import type { FigureRow, Goal, Group, SuiteResult, TimedRow } from '../results';
import { isSweep, lengthChart, rateChart, ratioChart } from './charts';
import { digits, escape } from './format';
import { caseTable, definitionList, figureTable, goalTable, loadNotice, machineTable } from './sections';
import { style } from './style';
import { drawChart } from './svg';

const WIDTHS = { wide: 640, narrow: 190 } as const;

/** A suite's result as one HTML page that needs nothing else: no network, no scripts. */
export async function renderReport(result: SuiteResult): Promise<string> {
  const timed = result.rows.filter((row): row is TimedRow => row.kind === 'timed');
  const figures = result.rows.filter((row): row is FigureRow => row.kind === 'figure');
  const of = (group: Group) => timed.filter((row) => row.group === group);
  const date = new Date(result.date);
  const parts = [
    `<header><h1>paperzoo benchmark</h1><p class="quiet">${result.suite} suite${result.filter ? `, only “${escape(result.filter)}”` : ''} · ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC · ${escape(result.machine.cpu)}, ${result.machine.cores} cores, Node ${escape(result.machine.node)} · ${digits(result.seconds)} s</p>
      <p>Run it yourself: <code>${escape(result.command)}</code></p>${loadNotice(result)}</header>`,
    promises(shownGoals(result)),
    await networks(of('model')),
    await products(of('gemm'), result),
    of('stream').length ? `<h2>Bound by memory</h2>${of('stream').map(caseTable).join('')}` : '',
    of('overhead').length ? `<h2>Overhead of a call</h2>${of('overhead').map(caseTable).join('')}` : '',
    ...(await brought(timed)),
    figures.length ? `<h2>Start-up, size, memory</h2>${figureTable(figures)}` : '',
    `<h2>Machine</h2>${machineTable(result.machine, result.peaks)}`,
    `<h2>What the numbers mean</h2>${definitionList()}`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>paperzoo benchmark, ${escape(result.suite)}</title><style>${style}</style></head>
<body>${parts.join('\n')}</body></html>
`;
}

const promises = (goals: readonly Goal[]): string =>
  goals.length === 0
    ? ''
    : `<h2>What the project promises</h2><p class="quiet">“Must” is a promise, “aim” an ambition. Open a line for what its number is.</p>${goalTable(goals)}`;

/** Who asks for some of the cases is not told of what the others would have shown. */
const shownGoals = ({ filter, goals }: SuiteResult) =>
  filter === undefined ? goals : goals.filter(({ verdict }) => verdict !== 'not measured');

const KNOWN: readonly Group[] = ['model', 'gemm', 'stream', 'overhead'];

const TITLES: Readonly<Record<Group, string>> = { training: 'Training', webgpu: 'On the graphics adapter' };

/** What plugins bring, a section for each. */
async function brought(rows: readonly TimedRow[]): Promise<string[]> {
  const groups = [...new Set(rows.map(({ group }) => group))].filter((group) => !KNOWN.includes(group));
  return Promise.all(
    groups.map(async (group) => {
      const own = rows.filter((row) => row.group === group);
      const title = TITLES[group] ?? group;
      return `<h2>${escape(title)}</h2>${(await Promise.all(own.map(caseOf))).join('')}`;
    }),
  );
}

async function caseOf(row: TimedRow): Promise<string> {
  if (!isSweep(row)) return caseTable(row);
  const label = `${row.title}: time over length`;
  const chart = await figure(label, `${label}, both logarithmic; minimum per call.`, (width) =>
    drawChart(lengthChart(row, { width }), escape(label)),
  );
  return caseTable(row) + chart;
}

const cases = (rows: readonly TimedRow[]) =>
  `<details><summary>Every number</summary>${rows.map(caseTable).join('')}</details>`;

async function networks(rows: readonly TimedRow[]): Promise<string> {
  if (rows.length === 0) return '';
  const single = rows.filter((row) => row.threads === 1 && row.entries.some((e) => e.ratio !== undefined));
  const label = 'How many times as long as ours each library takes, per network';
  const chart = single.length
    ? await figure(
        label,
        `${label}; one thread, minimum over minimum. Right of the line we are faster; b16 means sixteen images at once.`,
        (width) => drawChart(ratioChart(single, { width }), label),
      )
    : '';
  return `<h2>Networks</h2>${chart}${cases(rows)}`;
}

async function products(rows: readonly TimedRow[], { peaks }: SuiteResult): Promise<string> {
  if (rows.length === 0) return '';
  const single = rows.filter((row) => row.threads === 1 && row.entries.some((e) => e.rate !== undefined));
  const label = 'Operations per second of each library, per product of matrices';
  const peak = peaks.find((p) => p.threads === 1);
  const chart = single.length
    ? await figure(
        label,
        `${label}; one thread. The dashed line is what SIMD128 code reaches on this machine; native onnxruntime-node, which uses wider vectors, is in the table.`,
        (width) => drawChart(rateChart(single, peak, { width }), label),
      )
    : '';
  return `<h2>Products of matrices</h2>${chart}${cases(rows)}`;
}

async function figure(label: string, caption: string, draw: (width: number) => Promise<string>): Promise<string> {
  const [wide, narrow] = [await draw(WIDTHS.wide), await draw(WIDTHS.narrow)];
  return `<figure aria-label="${escape(label)}"><div class="wide">${wide}</div><div class="narrow">${narrow}</div><figcaption>${escape(caption)}</figcaption></figure>`;
}
