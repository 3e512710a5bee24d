import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError } from '../command-error';
import type { Context } from '../context';
import { startProgress } from '../terminal/progress';
import { writeTable } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';

interface Outcome {
  readonly group: string;
  readonly device?: string;
  readonly subject?: string;
  readonly check: string;
  readonly state: 'passed' | 'failed';
  readonly message?: string;
}

/** What the page reports; see packages/testing/browser/report.ts. */
interface Report {
  readonly verdict: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly devices: readonly { readonly name: string; readonly here: boolean; readonly reason?: string }[];
  readonly outcomes: readonly Outcome[];
  readonly leftOut: readonly { readonly reason: string }[];
}

interface Runner {
  hasBrowser(): boolean;
  runInBrowser(options: {
    query: string;
    plugins: readonly string[];
    signal: AbortSignal;
    onProgress(state: { total: number; done: number; failed: number; now: string }): void;
  }): Promise<Report>;
}

/** Runs the page in a headless Chromium; writes a table, the failures and the verdict. Resolves to 1 when something failed. */
export async function runCheck(
  { terminal, signal }: Context,
  folder: string,
  address: { readonly query: string; readonly plugins: readonly string[] },
  out: string | undefined,
): Promise<number> {
  const { hasBrowser, runInBrowser } = (await import(pathToFileURL(join(folder, 'run.mjs')).href)) as Runner;
  if (!hasBrowser()) {
    throw new CommandError('Neither Chromium nor Chrome was found here.', {
      remedy:
        'Debian and Ubuntu: apt-get install chromium. Elsewhere install Chrome, or set CHROMIUM_PATH to the program.',
    });
  }
  const draft = out === undefined ? undefined : await reserve(out);
  try {
    const report = await watched(terminal, (onProgress) => runInBrowser({ ...address, signal, onProgress }));
    if (draft !== undefined) {
      await writeFile(draft, `${JSON.stringify(report, undefined, 2)}\n`);
      await rename(draft, out!);
    }
    terminal.result(report, () => show(terminal, report, out));
    return report.passed ? 0 : 1;
  } finally {
    if (draft !== undefined) await rm(draft, { force: true });
  }
}

type Told = Parameters<Runner['runInBrowser']>[0]['onProgress'];

async function watched(terminal: Terminal, run: (told: Told) => Promise<Report>): Promise<Report> {
  const progress = startProgress(terminal, 'checks');
  try {
    return await run(({ total, done, failed, now }) =>
      progress.update(done / total, `${done} of ${total}${failed ? `, ${failed} failed` : ''}: ${now}`),
    );
  } finally {
    progress.stop();
  }
}

/** A file beside the report's, which takes its place when it is whole. Made before anything runs: nobody should wait for a report that has no place. */
async function reserve(path: string): Promise<string> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, '');
    return draft;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(`The report cannot be written to ${path}: ${reason}`, { file: path, cause });
  }
}

function show(terminal: Terminal, report: Report, out: string | undefined): void {
  const { colors } = terminal;
  const { devices, outcomes, leftOut } = report;
  const names = [...devices.filter(({ here }) => here).map(({ name }) => name), undefined];
  const groups = [...new Set(outcomes.map(({ group }) => group))];
  const rows = groups.map((group) => [group, ...names.map((name) => cell(terminal, outcomes, group, name))]);
  writeTable(
    terminal,
    [{ title: '', wrap: true }, ...names.map((name) => ({ title: name ?? 'float64', align: 'right' as const }))],
    rows,
  );
  for (const { name, here, reason } of devices) if (!here) terminal.write(`${name} is not here: ${reason}`);
  for (const [reason, n] of counted(leftOut.map((each) => each.reason))) {
    terminal.write(colors.dim(`${n} left out because ${reason}`));
  }
  for (const { device, subject, group, check, state, message } of outcomes) {
    if (state === 'passed') continue;
    terminal.write();
    terminal.write(colors.red(`✗ ${[device ?? 'float64', subject ?? group, check].join(' · ')}`));
    terminal.write(`  ${message ?? ''}`);
  }
  terminal.write();
  terminal.write((report.passed ? colors.green : colors.red)(report.verdict));
  terminal.write(colors.dim(`${report.seconds} s${out === undefined ? '' : `; report in ${out}`}`));
}

function cell({ colors }: Terminal, outcomes: readonly Outcome[], group: string, device: string | undefined): string {
  const own = outcomes.filter((each) => each.group === group && (each.device ?? undefined) === device);
  const failed = own.filter(({ state }) => state === 'failed').length;
  if (own.length === 0) return '–';
  return failed ? colors.red(`✗ ${failed} of ${own.length}`) : colors.green(`✓ ${own.length}`);
}

function counted(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
