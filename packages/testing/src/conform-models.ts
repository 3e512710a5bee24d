import type { DeviceFactory, LoadOptions, Model, ModelCard, Plugin, Spec, Tensor } from '@paperzoo/core';
import { CheckList, type Check } from './check';
import { checkAgreement } from './checks/model-agreement';
import { checkForward } from './checks/model-forward';
import { checkModule } from './checks/model-module';
import { Lab } from './lab';
import { Oracle } from './oracle';

/** One weight in ordinary memory, as state dicts hold them. */
export interface HostWeight {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly bytes: Uint8Array;
}

/** The module behind a model, with upstream's keys: what `@paperzoo/nn`'s `Module` offers. */
export interface CheckableModule {
  forward(...inputs: Tensor[]): Tensor | readonly Tensor[];
  namedParameters(): ReadonlyMap<string, { readonly shape: readonly number[] }>;
  stateDict(): Promise<ReadonlyMap<string, HostWeight>>;
  loadStateDict(state: ReadonlyMap<string, HostWeight>): unknown;
}

/** What a loaded model must offer for these checks, beside what every model does. */
export interface CheckableModel extends Model {
  readonly module: CheckableModule;
  forward(...inputs: Tensor[]): Tensor | readonly Tensor[];
}

export interface ConformModelsOptions {
  readonly devices: Readonly<Record<string, DeviceFactory>>;
  readonly plugins?: readonly Plugin[];
  /** Inputs of a model for a batch of `batch`. Default, for image classification: [batch, inChans, imgSize or size, the same] from the card's config. */
  readonly inputs?: (card: ModelCard, batch: number) => readonly Spec[];
  /** Shapes of its outputs. Default, for image classification: [batch, numClasses]. */
  readonly outputs?: (card: ModelCard, batch: number) => readonly (readonly number[])[];
  /** Options for `zoo.load`; fresh weights are asked for anyway. */
  readonly load?: LoadOptions;
  /** Only cards with at most so many multiply-adds are computed in float64 too, which takes a second per 100 million; default 100 million. */
  readonly oracleMacs?: number;
  /** Largest difference of a whole model from float64, over its largest output; default 1e-4. */
  readonly tolerance?: number;
}

/** What the checks of one card need. */
export interface CardContext {
  readonly card: ModelCard;
  readonly load: LoadOptions;
  inputs(batch: number): readonly Spec[];
  outputs(batch: number): readonly (readonly number[])[];
}

/**
 * Every card of a plugin as checks: it loads with fresh weights and answers with the right shapes, finite and repeatable, an image alone as
 * in a batch, and leaves no memory behind; parameters and multiply-adds are the card's; a state dict can be taken and given back; and small
 * models agree with float64. The last checks free the devices; run them too.
 */
export function conformModels(plugin: Plugin, options: ConformModelsOptions): Check[] {
  const plugins = [...(options.plugins ?? []), plugin];
  const labs = Object.entries(options.devices).map(([name, device]) => new Lab(name, device, plugins));
  const oracle = new Oracle(plugins);
  const list = new CheckList();
  for (const card of plugin.models ?? []) {
    const context: CardContext = {
      card,
      load: { ...options.load, weights: false },
      inputs: (batch) => (options.inputs ?? imageInputs)(card, batch),
      outputs: (batch) => (options.outputs ?? classScores)(card, batch),
    };
    for (const lab of labs) {
      const add = (what: string, run: () => Promise<void>) =>
        list.add({ device: lab.name, subject: card.name, what }, run);
      add('forward', () => checkForward(lab, context));
      if (card.macs !== undefined && card.macs <= (options.oracleMacs ?? 100e6))
        add('agrees with float64', () => checkAgreement(lab, oracle, context, options.tolerance ?? 1e-4));
    }
    const [first] = labs;
    if (!first) continue;
    const what = 'parameters, multiply-adds, state dict';
    list.add({ subject: card.name, what }, () => checkModule(first, context));
  }
  for (const lab of labs)
    list.add({ device: lab.name, what: 'memory is back and the device freed' }, () => lab.close());
  list.add({ what: 'float64 device freed' }, () => oracle.close());
  return list.checks;
}

function imageInputs({ config }: ModelCard, batch: number): Spec[] {
  const { inChans = 3, size = 224, imgSize = size } = config as { inChans?: number; size?: number; imgSize?: number };
  return [{ shape: [batch, inChans, imgSize, imgSize], dtype: 'f32' }];
}

function classScores({ config }: ModelCard, batch: number): number[][] {
  return [[batch, (config as { numClasses?: number }).numClasses ?? 1000]];
}
