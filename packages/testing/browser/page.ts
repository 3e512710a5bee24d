// The page of `check-browser`: every op's contract on every device that this browser has, as a table that a person can read and a report to
// keep. It also tells its state to whoever drives it, as `globalThis.paperzoo`.
import type { Plugin } from '@paperzoo/core';
import { describeDevice, DEVICES, type DeviceReport } from './devices';
import { makeReport, type Report } from './report';
import { runSuite, type Outcome } from './runner';
import { makeSuite, type Suite } from './suite';
import { by, make } from './view/dom';
import { fillForm, readWishes } from './view/form';
import { showDevices, showFailure, showLeftOut } from './view/lists';
import { ResultTable, type Show } from './view/table';

/** What a program that drives the page may look at. */
export interface PageState {
  total: number;
  done: number;
  failed: number;
  /** The check that is running. */
  now: string;
  report?: Report;
  /** Why nothing could be run. */
  error?: string;
}

const state: PageState = { total: 0, done: 0, failed: 0, now: '' };

/** Looks for devices and checks them; called by the program that serves the page, with the plugins it was told of. */
export async function start(plugins: readonly Plugin[], version: string): Promise<void> {
  Object.assign(globalThis, { paperzoo: state });
  try {
    await run(plugins, version);
  } catch (error) {
    state.error = error instanceof Error ? error.message : String(error);
    tell(`The checks could not be run: ${state.error}`, 'failed');
  }
}

async function run(plugins: readonly Plugin[], version: string): Promise<void> {
  const wishes = readWishes(location.search);
  const all = Object.keys(DEVICES);
  fillForm(wishes, all);
  const unknown = wishes.devices.filter((name) => !all.includes(name));
  if (unknown.length) throw new Error(`there is no device ${unknown.join(', ')}; there are ${all.join(', ')}.`);
  const devices: DeviceReport[] = [];
  for (const name of all.filter((each) => wishes.devices.length === 0 || wishes.devices.includes(each))) {
    devices.push(await describeDevice(name));
    showDevices(devices);
  }
  const factories = devices.filter(({ here }) => here).map(({ name }) => [name, DEVICES[name]!()] as const);
  const suite = makeSuite(plugins, Object.fromEntries(factories), wishes);
  if (suite.entries.length === 0) throw new Error(`nothing is named ${wishes.only.join(', ')}.`);
  showLeftOut(suite.leftOut);
  const table = new ResultTable(by<HTMLTableElement>('table'), suite, devices);
  listenToFilter(table);

  const cancel = new AbortController();
  by('cancel').addEventListener('click', () => cancel.abort(), { once: true });
  by<HTMLButtonElement>('cancel').disabled = false;
  const begun = performance.now();
  const outcomes = await runSuite(suite, cancel.signal, {
    started: (entry) => progress(suite, entry.name, cancel.signal),
    ended: (outcome) => show(table, outcome),
  });
  by<HTMLButtonElement>('cancel').disabled = true;
  const seconds = Math.round((performance.now() - begun) / 1000);
  // A cancelled last check is no cancellation.
  const cancelled = outcomes.length < suite.entries.length;
  finish(makeReport({ version, wishes, devices, suite, outcomes, cancelled, seconds }));
}

function progress({ entries }: Suite, name: string, { aborted }: AbortSignal): void {
  state.total = entries.length;
  state.now = name;
  const bar = by<HTMLProgressElement>('bar');
  bar.max = state.total;
  bar.value = state.done;
  by('now').textContent = aborted ? 'Stopping…' : `${state.done + 1} of ${state.total}: ${name}`;
}

function show(table: ResultTable, outcome: Outcome): void {
  state.done++;
  table.add(outcome);
  if (outcome.state === 'passed') return;
  state.failed++;
  showFailure(outcome);
}

function tell(verdict: string, kind: 'passed' | 'failed'): void {
  by('verdict').textContent = verdict;
  by('verdict').className = kind;
  by('running').hidden = true;
  document.title = `${kind === 'passed' ? '✓' : '✗'} ${document.title}`;
}

function finish(report: Report): void {
  tell(report.verdict, report.passed ? 'passed' : 'failed');
  by('took').textContent = `${report.seconds.toLocaleString('en')} s`;
  const [save, copy] = [by<HTMLButtonElement>('save'), by<HTMLButtonElement>('copy')];
  save.disabled = copy.disabled = false;
  save.addEventListener('click', () => download(report));
  copy.addEventListener('click', () => void copyText(report.verdict, copy));
  state.report = report;
}

function download(report: Report): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' }));
  const link = make('a', document.body, '', { href: url, download: 'paperzoo-browser.json' });
  link.click();
  link.remove();
  URL.revokeObjectURL(url);
}

/** Where a page may not write to the clipboard, the line is selected instead. */
async function copyText(text: string, button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    getSelection()?.selectAllChildren(by('verdict'));
    button.textContent = 'Selected: copy it';
  }
}

function listenToFilter(table: ResultTable): void {
  const [text, select] = [by<HTMLInputElement>('filter'), by<HTMLSelectElement>('show')];
  const apply = () => table.filter(text.value, select.value as Show);
  text.addEventListener('input', apply);
  select.addEventListener('change', apply);
  // A browser keeps what was typed when it reloads.
  apply();
}
