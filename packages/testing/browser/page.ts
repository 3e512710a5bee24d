// The page of `check-browser`: every op's contract on every device that this browser has, as a table that a person can read and a report to
// keep. `?only=matmul,conv2d` takes some ops, `?devices=wasm` some devices, `?sizes` adds the long checks of many sizes.
import * as core from '@paperzoo/core';
import { createZoo, type DeviceFactory, type Op } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { gpujs } from '@paperzoo/device-gpujs';
import { wasm } from '@paperzoo/device-wasm';
import { webgpu } from '@paperzoo/device-webgpu';
import { conform, type Check } from '../src/index';

type State = 'passed' | 'failed';
interface Outcome {
  readonly device: string;
  readonly op: string;
  readonly check: string;
  readonly state: State;
  readonly message?: string;
}

const DEVICES: Readonly<Record<string, () => DeviceFactory>> = {
  cpu: () => cpu(),
  wasm: () => wasm({ debug: true }),
  'wasm ×2': () => wasm({ threads: 2, debug: true }),
  webgpu: () => webgpu(),
  'gpujs webgpu': () => gpujs({ mode: 'webgpu' }),
  'gpujs webgl2': () => gpujs({ mode: 'webgl2' }),
};

const query = new URLSearchParams(location.search);
const listed = (name: string) => query.get(name)?.split(',');
const isOp = (value: unknown): value is Op => typeof value === 'function' && 'implementation' in value;
const ops = (Object.values(core) as unknown[])
  .filter(isOp)
  .filter((op) => listed('only')?.includes(op.name) ?? true)
  .sort((a, b) => (a.name < b.name ? -1 : 1));
const names = Object.keys(DEVICES).filter((name) => listed('devices')?.includes(name) ?? true);

const make = <K extends keyof HTMLElementTagNameMap>(tag: K, parent: Element, text = '', kind = '') => {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = kind;
  parent.append(element);
  return element;
};
const by = (id: string) => document.getElementById(id)!;

/** Facts of each device, or why it is not here. */
async function describeDevices(): Promise<Record<string, { open: boolean; facts: string }>> {
  const found: Record<string, { open: boolean; facts: string }> = {};
  for (const name of names) {
    try {
      const zoo = await createZoo({ device: DEVICES[name]!(), log: () => undefined });
      const { info, threads, maxBufferBytes } = zoo.device.caps;
      await zoo.dispose();
      const facts = Object.entries({ threads, maxBufferBytes, ...info }).map(
        ([key, value]) => `${key} ${String(value)}`,
      );
      found[name] = { open: true, facts: facts.join(', ') };
    } catch (error) {
      found[name] = { open: false, facts: error instanceof Error ? error.message : String(error) };
    }
  }
  return found;
}

const rows = new Map<string, Map<string, HTMLTableCellElement>>();
function table(devices: readonly string[]): void {
  const head = make('tr', make('thead', by('table')));
  make('th', head, 'op');
  for (const device of devices) make('th', head, device);
  const body = make('tbody', by('table'));
  for (const op of [...ops.map(({ name }) => name), 'device']) {
    const row = make('tr', body);
    make('th', row, op);
    rows.set(op, new Map(devices.map((device) => [device, make('td', row, '·', 'waiting')])));
  }
}

const outcomes: Outcome[] = [];
function show(outcome: Outcome): void {
  outcomes.push(outcome);
  const { device, op, check, state, message } = outcome;
  const cell = rows.get(op)!.get(device)!;
  const own = outcomes.filter((o) => o.device === device && o.op === op);
  const failed = own.filter((o) => o.state === 'failed').length;
  cell.className = failed ? 'failed' : 'passed';
  cell.textContent = failed ? `✗ ${failed} of ${own.length}` : `✓ ${own.length}`;
  if (state === 'failed') make('li', by('failures'), `${device} · ${op} · ${check}: ${message}`);
}

/** `device · op · what` as its parts; what belongs to the whole device comes in the last row. */
function partsOf(name: string): { device: string; op: string; check: string } {
  const [device = '', op = '', ...rest] = name.split(' · ');
  return rows.has(op) && rest.length ? { device, op, check: rest.join(' · ') } : { device, op: 'device', check: op };
}

async function runCheck({ name, run }: Check): Promise<void> {
  const parts = partsOf(name);
  try {
    await run();
    show({ ...parts, state: 'passed' });
  } catch (error) {
    show({ ...parts, state: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

function save(report: object): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' }));
  const link = make('a', document.body);
  link.href = url;
  link.download = 'paperzoo-browser.json';
  link.click();
  link.remove();
  URL.revokeObjectURL(url);
}

async function main(): Promise<void> {
  const devices = await describeDevices();
  for (const [name, { open, facts }] of Object.entries(devices)) {
    make('li', by('devices'), `${name}: ${facts}`, open ? '' : 'failed');
  }
  const open = names.filter((name) => devices[name]!.open);
  table(open);
  const factories = Object.fromEntries(open.map((name) => [name, DEVICES[name]!()]));
  // Gradients are compared in float64, which is the same in every browser; twins and sizes are the test suite's.
  const checks = conform(ops, { devices: factories }).filter(
    ({ name }) =>
      open.some((device) => name.startsWith(`${device} · `)) &&
      // Adapters take subnormal numbers for 0, and gpu.js has no way to look at their bits instead.
      !(name.startsWith('gpujs') && name.endsWith('extremes')) &&
      (query.has('sizes') || !name.endsWith('generated sizes')) &&
      // With some ops or without the long checks, kernels stay unreached that the whole suite reaches.
      (query.has('sizes') && !query.has('only') ? true : !name.endsWith('every kernel is reached')),
  );
  const start = performance.now();
  for (const [i, check] of checks.entries()) {
    by('progress').textContent = `${i + 1} of ${checks.length}: ${check.name}`;
    await runCheck(check);
    // The table is drawn between checks.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const failed = outcomes.filter(({ state }) => state === 'failed').length;
  const seconds = Math.round((performance.now() - start) / 1000);
  const verdict = failed ? `${failed} of ${outcomes.length} checks failed` : `all ${outcomes.length} checks passed`;
  by('progress').textContent = `${verdict} in ${seconds} s`;
  by('progress').className = failed ? 'failed' : 'passed';
  const report = {
    date: new Date().toISOString(),
    browser: navigator.userAgent,
    isolated: crossOriginIsolated,
    devices,
    seconds,
    outcomes,
  };
  const button = by('save') as HTMLButtonElement;
  button.disabled = false;
  button.onclick = () => save(report);
  Object.assign(globalThis, { report });
}

void main();
