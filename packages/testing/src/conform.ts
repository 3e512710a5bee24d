import type { DeviceFactory, Op, Plugin } from '@paperzoo/core';
import { CheckList, demand, type Check } from './check';
import { checkDeviceGradients } from './checks/device-gradients';
import { checkErrors } from './checks/errors';
import { checkExtremes, isElementwise } from './checks/extremes';
import { checkGradient } from './checks/gradients';
import { checkGuests } from './checks/guests';
import { checkManifest } from './checks/manifest';
import { checkReach } from './checks/reach';
import { checkTwins, checkValues } from './checks/values';
import { Lab } from './lab';
import { Oracle } from './oracle';
import { ErrorReport } from './report';
import { fewVariants } from './variants';

export interface ConformOptions {
  /** Devices under test by the name that checks show: `{ wasm: wasm({ debug: true }), 'wasm ×2': wasm({ threads: 2, debug: true }) }`. */
  readonly devices: Readonly<Record<string, DeviceFactory>>;
  /** Pairs of those names whose results must be equal to the last bit, such as one thread and two. */
  readonly twins?: readonly (readonly [string, string])[];
  /** Other plugins that the target's composites or kernels need. */
  readonly plugins?: readonly Plugin[];
  /** Collects measured errors. */
  readonly report?: ErrorReport;
  /** Names of ops that have no gradient yet; any other op without one fails. */
  readonly withoutGradient?: readonly string[];
  /** How many generated sizes each op is tried at, on each device others; default all. For slow devices: a few of them are drawn, always the same. */
  readonly sizes?: number;
}

/**
 * The contract of a plugin, or of a list of ops, as checks for any test framework. Per op, sample and device: results within the op's
 * tolerance of the float64 meaning, on poisoned memory, twice the same, with nothing leaked and no input changed. Per op: refusals, gradients
 * in float64 and on the device, generated sizes. Per device: every kernel reached. For a plugin: its manifest. The last checks free the
 * devices; run them too.
 */
export function conform(target: Plugin | readonly Op[], options: ConformOptions): Check[] {
  const plugin = 'core' in target ? target : undefined;
  const ops = plugin ? (plugin.ops ?? []) : (target as readonly Op[]);
  const plugins = [...(options.plugins ?? []), ...(plugin ? [plugin] : [])];
  const report = options.report ?? new ErrorReport();
  const oracle = new Oracle(plugins);
  const labs = Object.entries(options.devices).map(([name, device]) => new Lab(name, device, plugins));
  const list = new CheckList();
  const { sizes = Infinity } = options;

  if (plugin) list.add({ subject: plugin.name, what: 'manifest' }, () => checkManifest(plugin));
  for (const lab of labs) {
    const device = lab.name;
    for (const op of ops) {
      const add = (what: string, run: () => Promise<void>) => list.add({ device, subject: op.name, what }, run);
      for (const sample of op.samples?.() ?? []) add(sample.name, () => checkValues(lab, oracle, report, op, sample));
      add('generated sizes', async () => {
        for (const sample of fewVariants(op, sizes, device)) await checkValues(lab, oracle, report, op, sample);
      });
      if (isElementwise(op)) add('extremes', () => checkExtremes(lab, oracle, op));
      add('refusals', () => checkErrors(lab, op));
      add('gradients', () => checkDeviceGradients(lab, oracle, report, op));
    }
    list.add({ device, what: 'every kernel is reached' }, () => checkReach(lab, ops));
    if (plugin)
      list.add({ device, what: 'kernels for other packages’ ops' }, () => checkGuests(lab, oracle, report, ops, sizes));
  }
  for (const [a, b] of options.twins ?? []) {
    const [first, second] = [a, b].map((name) => labs.find((lab) => lab.name === name));
    for (const op of ops) {
      list.add({ device: b, subject: op.name, what: `equals ${a} bit by bit` }, async () => {
        demand(first !== undefined && second !== undefined, `twins: ${a} and ${b} must both be devices.`);
        await checkTwins(first, second, op, [...(op.samples?.() ?? []), ...fewVariants(op, sizes, b)]);
      });
    }
  }
  addGradients(list, ops, oracle, options);
  for (const lab of labs)
    list.add({ device: lab.name, what: 'memory is back and the device freed' }, () => lab.close());
  list.add({ what: 'float64 device freed' }, () => oracle.close());
  return list.checks;
}

/** Gradients in float64 say whether a formula is right, and need no device. */
function addGradients(list: CheckList, ops: readonly Op[], oracle: Oracle, options: ConformOptions): void {
  for (const op of ops) {
    const add = (what: string, run: () => Promise<void>) =>
      list.checks.push({ name: `gradient · ${op.name} · ${what}`, subject: op.name, what: `gradient, ${what}`, run });
    const listed = options.withoutGradient?.includes(op.name) ?? false;
    for (const sample of op.samples?.() ?? []) {
      add(sample.name, async () =>
        demand((await checkGradient(oracle, op, sample)) || listed, `${op.name} has no gradient.`),
      );
    }
    if (!listed) continue;
    add('has none', async () => {
      const known = await Promise.all((op.samples?.() ?? []).map((sample) => checkGradient(oracle, op, sample)));
      demand(known.includes(false), `${op.name} has a gradient: take it off the list.`);
    });
  }
}
