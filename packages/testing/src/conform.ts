import type { DeviceFactory, Op, Plugin } from '@paperzoo/core';
import type { Check } from './check';
import { demand } from './check';
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
import { variants } from './variants';

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
}

/**
 * The contract of a plugin, or of a list of ops, as checks for any test framework. Per op, sample and device: results within the op's
 * tolerance of the float64 meaning, on poisoned memory, twice the same, with nothing leaked and no input changed. Per op: refusals, gradients,
 * generated sizes. Per device: every kernel reached. For a plugin: its manifest. The last checks free the devices; run them too.
 */
export function conform(target: Plugin | readonly Op[], options: ConformOptions): Check[] {
  const plugin = 'core' in target ? target : undefined;
  const ops = plugin ? (plugin.ops ?? []) : (target as readonly Op[]);
  const plugins = [...(options.plugins ?? []), ...(plugin ? [plugin] : [])];
  const report = options.report ?? new ErrorReport();
  const oracle = new Oracle(plugins);
  const labs = Object.entries(options.devices).map(([name, device]) => new Lab(name, device, plugins));
  const checks: Check[] = [];
  const add = (name: string, run: () => Promise<void>) => checks.push({ name, run });

  if (plugin) add(`${plugin.name} · manifest`, () => checkManifest(plugin));
  for (const lab of labs) {
    for (const op of ops) {
      for (const sample of op.samples?.() ?? [])
        add(`${lab.name} · ${op.name} · ${sample.name}`, () => checkValues(lab, oracle, report, op, sample));
      add(`${lab.name} · ${op.name} · generated sizes`, async () => {
        for (const sample of variants(op)) await checkValues(lab, oracle, report, op, sample);
      });
      if (isElementwise(op)) add(`${lab.name} · ${op.name} · extremes`, () => checkExtremes(lab, oracle, op));
      add(`${lab.name} · ${op.name} · refusals`, () => checkErrors(lab, op));
    }
    add(`${lab.name} · every kernel is reached`, () => checkReach(lab, ops));
    if (plugin) add(`${lab.name} · kernels for other packages’ ops`, () => checkGuests(lab, oracle, report, ops));
  }
  for (const [a, b] of options.twins ?? []) {
    const [first, second] = [a, b].map((name) => labs.find((lab) => lab.name === name));
    for (const op of ops) {
      add(`${b} · ${op.name} · equals ${a} bit by bit`, async () => {
        demand(first !== undefined && second !== undefined, `twins: ${a} and ${b} must both be devices.`);
        await checkTwins(first, second, op, [...(op.samples?.() ?? []), ...variants(op)]);
      });
    }
  }
  for (const op of ops) {
    const listed = options.withoutGradient?.includes(op.name) ?? false;
    for (const sample of op.samples?.() ?? []) {
      add(`gradient · ${op.name} · ${sample.name}`, async () =>
        demand((await checkGradient(oracle, op, sample)) || listed, `${op.name} has no gradient.`),
      );
    }
    if (!listed) continue;
    add(`gradient · ${op.name} · has none`, async () => {
      const known = await Promise.all((op.samples?.() ?? []).map((sample) => checkGradient(oracle, op, sample)));
      demand(known.includes(false), `${op.name} has a gradient: take it off the list.`);
    });
  }
  for (const lab of labs) add(`${lab.name} · memory is back and the device freed`, () => lab.close());
  add('float64 device freed', () => oracle.close());
  return checks;
}
