// What the page checks: the core's ops, each plugin's ops and its smallest model, on every device that is here, and what is left out and why.
import * as core from '@paperzoo/core';
import type { DeviceFactory, Op, Plugin } from '@paperzoo/core';
import { conform, conformGraphs, ErrorReport, type Check } from '../src/index';

/** What a visitor asked for; the address holds it. */
export interface Wishes {
  /** Ops, models or groups by name; empty: all. */
  readonly only: readonly string[];
  /** Devices by name; empty: all. */
  readonly devices: readonly string[];
  /** Generated sizes per op and device. */
  readonly sizes: number;
}

export interface Entry extends Check {
  /** `core`, or the plugin's name. */
  readonly group: string;
}

export interface LeftOut extends Pick<Entry, 'group' | 'device' | 'subject' | 'what'> {
  /** One sentence. */
  readonly reason: string;
}

export interface Suite {
  readonly groups: readonly string[];
  readonly entries: readonly Entry[];
  readonly leftOut: readonly LeftOut[];
  /** Measured errors, filled while the entries run. */
  readonly errors: ErrorReport;
}

export const CORE = 'core';
/** Checks that free what the others used. */
export const CLOSES = /device freed$/;

const isOp = (value: unknown): value is Op => typeof value === 'function' && 'implementation' in value;
const byName = (a: Op, b: Op) => (a.name < b.name ? -1 : 1);
const coreOps: readonly Op[] = (Object.values(core) as unknown[]).filter(isOp).sort(byName);

/** Everything on the devices given; what `wishes` does not ask for is no part of it, and what cannot be checked is left out with a reason. */
export function makeSuite(
  plugins: readonly Plugin[],
  devices: Readonly<Record<string, DeviceFactory>>,
  wishes: Wishes,
): Suite {
  const { only } = wishes;
  const named = (group: string, subject: string | undefined) =>
    only.length === 0 || only.includes(group) || (subject !== undefined && only.includes(subject));
  const errors = new ErrorReport();
  const pair = ['wasm', 'wasm ×2'] as const;
  const options = {
    devices,
    twins: pair.every((name) => name in devices) ? [pair] : [],
    sizes: Math.max(1, wishes.sizes),
    report: errors,
  };
  const all: Entry[] = [];
  const add = (group: string, checks: readonly Check[]) => {
    const own = checks.filter(({ subject, what }) => (subject ? named(group, subject) : isWhole(what)));
    // Nothing needs to be freed where nothing runs.
    if (own.some(({ what }) => !CLOSES.test(what))) all.push(...own.map((check) => ({ ...check, group })));
  };
  const isWhole = (what: string) => CLOSES.test(what) || only.length === 0;
  add(CORE, conform(coreOps, options));
  for (const plugin of plugins) {
    const others = { plugins: plugins.filter((other) => other !== plugin) };
    add(plugin.name, conform(plugin, { ...options, ...others }));
    add(plugin.name, conformGraphs(plugin, { devices, ...others }));
  }
  const leftOut: LeftOut[] = [];
  const entries = all.filter((entry) => {
    const reason = objection(entry, wishes);
    const { group, device, subject, what } = entry;
    if (reason !== undefined) leftOut.push({ group, device, subject, what, reason });
    return reason === undefined;
  });
  if (wishes.sizes > 0 && wishes.sizes < Infinity) {
    const what = `generated sizes beyond ${wishes.sizes} per op and device`;
    const reason = 'not all were asked for; they take minutes to an hour';
    leftOut.push({ group: 'everything', device: undefined, subject: undefined, what, reason });
  }
  const groups = [CORE, ...plugins.map(({ name }) => name)].filter((name) => entries.some((e) => e.group === name));
  return { groups, entries, leftOut, errors };
}

function objection({ device, subject, what }: Entry, { sizes }: Wishes): string | undefined {
  if (device?.startsWith('gpujs') && what === 'extremes' && ['sin', 'cos', 'pow'].includes(subject ?? ''))
    return 'gpujs leaves angles beyond 12,800 and powers to the card, which promises little at the ends of float32';
  if (sizes === 0 && what === 'generated sizes') return 'no generated sizes were asked for';
  if (device?.startsWith('gpujs') && what === 'gradients' && sizes < Infinity)
    return 'gpujs compiles for minutes here: all sizes bring them too, and the ops that gradients consist of are checked';
  return undefined;
}
