import type { DeviceFactory, LoadOptions, Model, ModelCard, Plugin, Tensor, Zoo } from '@paperzoo/core';
import { CheckList, demand, type Check } from './check';
import { agree } from './checks/model-agreement';
import { listed, modelInputs } from './checks/model-run';
import { figures, same, Lab } from './lab';
import { Oracle } from './oracle';

export interface ConformGraphsOptions {
  readonly devices: Readonly<Record<string, DeviceFactory>>;
  readonly plugins?: readonly Plugin[];
  /** Which cards; default the one with the fewest multiply-adds, or parameters where no card states them. */
  readonly models?: readonly ModelCard[];
  /** Options for `zoo.load`; fresh weights are asked for anyway. */
  readonly load?: LoadOptions;
  /** Largest difference of an output from float64, over its largest value; default 1e-4. */
  readonly tolerance?: number;
}

type Outputs = Readonly<Record<string, readonly ArrayLike<number>[]>>;

/**
 * Whole models of any task, on devices against float64: every graph that a model offers (`Model.graphs()`), with fresh weights and random
 * inputs, each open size small. One check per card and device; the last ones free the devices, run them too.
 */
export function conformGraphs(plugin: Plugin, options: ConformGraphsOptions): Check[] {
  const plugins = [...(options.plugins ?? []), plugin];
  const oracle = new Oracle(plugins);
  const labs = Object.entries(options.devices).map(([name, device]) => new Lab(name, device, plugins));
  const list = new CheckList();
  for (const card of options.models ?? smallest(plugin)) {
    let truth: Promise<Outputs> | undefined;
    const load = { ...options.load, weights: false } as const;
    for (const lab of labs) {
      list.add({ device: lab.name, subject: card.name, what: 'agrees with float64' }, async () => {
        truth ??= oracle.zoo().then((zoo) => outputsOf(zoo, card, load));
        const wanted = await truth;
        const zoo = await lab.zoo();
        const start = figures(zoo);
        const got = await outputsOf(zoo, card, load);
        for (const [graph, outs] of Object.entries(wanted))
          outs.forEach((values, i) =>
            agree(
              got[graph]![i]!,
              values,
              options.tolerance ?? 1e-4,
              `${lab.name}: ${card.name}, ${graph}: output ${i}`,
            ),
          );
        same(figures(zoo), start, `${lab.name}: ${card.name} after dispose`);
      });
    }
  }
  for (const lab of labs)
    list.add({ device: lab.name, what: 'memory is back and the device freed' }, () => lab.close());
  list.add({ what: 'float64 device freed' }, () => oracle.close());
  return list.checks;
}

/** The card with the fewest multiply-adds, where they are stated, else with the fewest parameters; none when no card states either. */
function smallest({ models = [] }: Plugin): ModelCard[] {
  const by = (figure: 'macs' | 'params') =>
    models.filter((card) => card[figure] !== undefined).sort((a, b) => a[figure]! - b[figure]!);
  return [...by('macs'), ...by('params')].slice(0, 1);
}

async function outputsOf(zoo: Zoo, card: ModelCard, load: LoadOptions): Promise<Outputs> {
  const model: Model = await zoo.load(card.name, load);
  const results: Record<string, ArrayLike<number>[]> = {};
  try {
    const graphs = model.graphs?.() ?? {};
    demand(Object.keys(graphs).length > 0, `${card.name}: a model must offer its graphs.`);
    for (const [name, { fn, inputs }] of Object.entries(graphs)) {
      const specs = inputs.map(({ shape, dtype }) => ({ shape: shape.map(small(inputs)), dtype }));
      const ins = modelInputs(zoo, specs, `${card.name}/${name}`);
      const outs = zoo.scope(() => listed((fn as (...ins: Tensor[]) => Tensor | readonly Tensor[])(...ins)));
      results[name] = await Promise.all(outs.map((out) => out.data()));
      for (const tensor of [...ins, ...outs]) tensor.dispose();
    }
  } finally {
    model.dispose();
  }
  return results;
}

/** A size for each name, always the same: 2 for the first, which is the batch, then 5, 6, … */
function small(inputs: readonly { readonly shape: readonly (number | string)[] }[]) {
  const names = [...new Set(inputs.flatMap(({ shape }) => shape.filter((n) => typeof n === 'string')))];
  return (size: number | string): number => {
    if (typeof size === 'number') return size;
    const at = names.indexOf(size);
    return at === 0 ? 2 : 4 + at;
  };
}
