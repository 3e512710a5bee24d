import type { Stats } from '../measure/stats';
import type { Entry, FigureRow, Goal, Machine, Peak, SuiteResult, TimedRow } from '../results';
import { columns, goals as goalDefinitions, method } from './definitions';
import { digits, duration, escape, measure, percent, times } from './format';

const VERDICTS: Readonly<Record<Goal['verdict'], readonly [string, string]>> = {
  aim: ['aim', '✓ aim reached'],
  must: ['must', '✓ must reached'],
  missed: ['missed', '✗ must missed'],
  printed: ['none', 'printed'],
  'not measured': ['none', 'not measured'],
};

const sense = { least: '≥', most: '≤' } as const;

/** The numbers that the project promises. Each opens into its definition. */
export function goalTable(goals: readonly Goal[]): string {
  const limit = (goal: Goal, value: number | undefined) =>
    value === undefined ? '' : `${sense[goal.sense]} ${escape(measure(value, goal.unit))}`;
  const rows = goals.map((goal) => {
    const [className, verdict] = VERDICTS[goal.verdict];
    const text = goal.verdict === 'printed' && goal.aim !== undefined ? 'aim not reached' : verdict;
    const definition = goal.definition ?? goalDefinitions[goal.id] ?? '';
    return `<tr><td><details><summary>${escape(goal.text)}</summary><p>${escape(definition)}</p></details>${goal.note ? `<p class="quiet">${escape(goal.note)}</p>` : ''}</td>
      <td class="n"><strong>${goal.value === undefined ? '–' : escape(measure(goal.value, goal.unit))}</strong></td>
      <td class="n" data-label="must">${limit(goal, goal.must)}</td><td class="n" data-label="aim">${limit(goal, goal.aim)}</td>
      <td class="verdict ${className}">${text}</td></tr>`;
  });
  return `<table class="goals"><thead><tr><th>number</th><th class="n">measured</th><th class="n">must</th><th class="n">aim</th><th>verdict</th></tr></thead>
    <tbody>${rows.join('')}</tbody></table>`;
}

interface Column {
  readonly title: string;
  readonly definition?: keyof typeof columns;
  text(entry: Entry, stats: Stats): string | undefined;
}

const COLUMNS: readonly Column[] = [
  { title: 'min', definition: 'min', text: (_e, { min }) => duration(min) },
  { title: 'ratio', definition: 'ratio', text: ({ ratio }) => (ratio === undefined ? ratio : times(ratio)) },
  { title: 'of peak', definition: 'share', text: ({ share }) => (share === undefined ? share : percent(share)) },
  { title: 'median', definition: 'median', text: (_e, { median }) => duration(median) },
  { title: '10–90 %', definition: 'spread', text: (_e, { p10, p90 }) => `${duration(p10)} – ${duration(p90)}` },
  // With threads, a library's idle workers spin, and the process's time says little.
  {
    title: 'cpu',
    definition: 'cpu',
    text: ({ threads }, { cpu }) => (threads === 1 && cpu !== undefined ? duration(cpu) : undefined),
  },
  { title: 'difference', definition: 'difference', text: ({ difference }) => difference?.toExponential(0) },
  { title: 'samples', text: (_e, { samples, calls }) => `${samples} × ${calls}` },
];

/** One case with everybody in it; columns in which nobody has anything are left out. */
export function caseTable(row: TimedRow): string {
  const { title, definition: meaning, threads, entries } = row;
  const shown = COLUMNS.filter(
    (column) =>
      (column.definition !== 'ratio' || entries.length > 1) &&
      (column.definition !== 'cpu' || threads === 1) &&
      entries.some((entry) => entry.stats && column.text(entry, entry.stats)),
  );
  const rows = entries.map((entry, i) => {
    const { label, stats, unavailable } = entry;
    const name = escape(entry.threads === threads ? label : `${label}, ${count(entry.threads)}`);
    const cells = stats
      ? shown.map((column) => `<td class="n">${column.text(entry, stats) ?? '–'}</td>`).join('')
      : `<td class="reason" colspan="${Math.max(1, shown.length)}">${escape(unavailable ?? '')}</td>`;
    return `<tr${i === 0 ? ' class="ours"' : ''}><td>${name}</td>${cells}</tr>`;
  });
  const heads = shown.map(({ title: head, definition }) =>
    definition ? `<th class="n"><a href="#${definition}">${head}</a></th>` : `<th class="n">${head}</th>`,
  );
  const said = meaning === undefined ? '' : `<p class="quiet">${escape(meaning)}</p>`;
  const counted = row.group === 'webgpu' ? '' : ` · ${count(threads)}`;
  return `<h3>${escape(title)}${counted}</h3>${said}<div class="scroll"><table><thead><tr><th>library</th>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>${kernelTable(row)}`;
}

/** Where our call spent the adapter's time. */
function kernelTable({ profile, unprofiled }: TimedRow): string {
  if (!profile) return unprofiled === undefined ? '' : `<p class="quiet">${escape(unprofiled)}</p>`;
  const all = profile.reduce((sum, { ms }) => sum + ms, 0);
  const rows = profile.map(
    ({ kernel, dispatches, ms }) =>
      `<tr><td>${escape(kernel)}</td><td class="n">${dispatches}</td><td class="n">${duration(ms)}</td><td class="n">${percent(ms / all)}</td></tr>`,
  );
  return `<details><summary>Our call by kernel: ${duration(all)} on the adapter</summary><div class="scroll"><table><thead><tr><th>kernel</th><th class="n">dispatches</th><th class="n">time</th><th class="n">share</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

const count = (threads: number) => (threads === 1 ? 'one thread' : `${threads} threads`);

/** Figures that are no races, with their parts. */
export function figureTable(rows: readonly FigureRow[]): string {
  const body = rows.map(({ title, definition, value, unit, unavailable, details }) => {
    const parts = Object.entries(details ?? {}).map(
      ([name, part]) =>
        `${escape(name.replace(/ (\w+)$/, ''))} ${digits(part)} ${escape(/\w+$/.exec(name)?.[0] ?? '')}`,
    );
    const shown = value === undefined ? '–' : measure(value, unit);
    const said = definition === undefined ? '' : `<p class="quiet">${escape(definition)}</p>`;
    return `<tr><td>${escape(title)}${said}</td><td class="n"><strong>${shown}</strong></td><td class="reason">${unavailable === undefined ? parts.join(' · ') : escape(unavailable)}</td></tr>`;
  });
  return `<div class="scroll"><table><tbody>${body.join('')}</tbody></table></div>`;
}

/** Which machine, which versions, which limits. */
export function machineTable(machine: Machine, peaks: readonly Peak[]): string {
  const rows: [string, string][] = [
    ['processor', `${machine.cpu}, ${machine.cores} cores`],
    ['memory', `${digits(machine.memoryBytes / 2 ** 30)} GiB`],
    ['system', `${machine.os}, Node ${machine.node}, V8 ${machine.v8}`],
    ...peaks.map((p): [string, string] => [
      `limits, ${count(p.threads)}`,
      `${digits(p.gflops)} GFLOP/s SIMD128 multiply-add, ${digits(p.copyGBs)} GB/s copying`,
    ]),
    ['load at start', digits(machine.loadAtStart)],
    ['commit', machine.commit ?? 'not a git checkout'],
    [
      'packages',
      Object.entries(machine.packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ];
  return `<table><tbody>${rows.map(([name, text]) => `<tr><th>${name}</th><td>${escape(text)}</td></tr>`).join('')}</tbody></table>`;
}

/** What the columns mean and how it was measured. */
export function definitionList(): string {
  const items = COLUMNS.map(({ title, definition }) =>
    definition ? `<dt id="${definition}">${title}</dt><dd>${escape(columns[definition])}</dd>` : '',
  );
  return `<dl>${items.join('')}</dl><h3>Method</h3>${method.map((text) => `<p>${escape(text)}</p>`).join('')}`;
}

/** A sentence when other work was going on; numbers then say less. */
export function loadNotice({ machine }: SuiteResult): string {
  if (machine.loadAtStart < machine.cores / 4) return '';
  return `<p class="notice">This machine was busy when the suite began (load ${digits(machine.loadAtStart)} on ${machine.cores} cores). Ratios of one interleaved run still count; milliseconds and shares of the peak are worse than on a quiet machine.</p>`;
}
