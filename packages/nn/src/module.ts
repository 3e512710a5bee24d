import { isTensor, type Tensor, type Zoo } from '@paperzoo/core';
import { Constant } from './constant';
import { Counter } from './counter';
import type { HostTensor } from './host-tensor';
import { loadStateDict, type LoadOptions, type LoadReport, type StateSource } from './load-state-dict';
import { Parameter } from './parameter';

/** One entry of a state dict. */
export type State = Parameter | Counter;

// A module's name is the property that holds it; it is known to the parent alone and written down when a trace or an observer asks.
const names = new WeakMap<object, string>();
const observers = new WeakMap<object, (output: unknown) => void>();

/**
 * Base of all layers and models. A subclass keeps parameters, counters and child modules (or arrays of modules) in properties named as
 * upstream names them, and writes `forward`. A module is callable: `layer(x)` is `layer.forward(x)`, and tells traces and observers its name.
 * It belongs to no zoo until its first call. Modules start in eval mode, because most are loaded in order to be used; see `train`.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- a class cannot declare its call signature itself
export abstract class Module<Inputs extends readonly unknown[] = readonly [Tensor], Output = Tensor> {
  training = false;

  constructor() {
    const self = ((...inputs: Inputs) => invoke(self, inputs)) as unknown as this;
    // A function's own `name` and `length` would stand in the way of a subclass's properties.
    Reflect.deleteProperty(self, 'name');
    Reflect.deleteProperty(self, 'length');
    Object.setPrototypeOf(self, new.target.prototype as object);
    return self;
  }

  abstract forward(...inputs: Inputs): Output;

  /** Direct children with their names, `name.index` for those in arrays. */
  namedChildren(): [string, AnyModule][] {
    return Object.entries(this).flatMap(([name, value]): [string, AnyModule][] => {
      if (value instanceof Module) return [[name, value]];
      if (!Array.isArray(value)) return [];
      return value.flatMap((item, i) => (item instanceof Module ? [[`${name}.${i}`, item as AnyModule]] : []));
    });
  }

  /** This module and everything below it, by dotted name; the module itself is named ''. */
  namedModules(): [string, AnyModule][] {
    const found: [string, AnyModule][] = [['', this]];
    // The list grows while it is walked; recursion would build every name once per level.
    for (let at = 0; at < found.length; at++) {
      const [prefix, module] = found[at]!;
      const children = module.namedChildren().map(([name, child]): [string, AnyModule] => [join(prefix, name), child]);
      found.splice(at + 1, 0, ...children);
    }
    return found;
  }

  /** All entries of the state dict by dotted key, own ones before the children's. */
  namedState(): Map<string, State> {
    const found = new Map<string, State>();
    for (const [prefix, module] of this.namedModules()) {
      for (const [name, value] of Object.entries(module)) {
        if (value instanceof Parameter || value instanceof Counter) found.set(join(prefix, name), value);
      }
    }
    return found;
  }

  /** What an optimiser changes, by dotted key; running statistics are left out. */
  namedParameters(): Map<string, Parameter> {
    const all = [...this.namedState()];
    return new Map(all.filter((e): e is [string, Parameter] => e[1] instanceof Parameter && e[1].trainable));
  }

  /** Trainable tensors on `zoo` by dotted key: what `zoo.valueAndGrad` takes. They belong to the module. */
  parameters(zoo: Zoo): Record<string, Tensor> {
    return Object.fromEntries([...this.namedParameters()].map(([key, parameter]) => [key, parameter.for({ zoo })]));
  }

  /** Every entry in ordinary memory, under upstream's keys; hub's `writeSafetensors` takes it as it is. */
  async stateDict(): Promise<Map<string, HostTensor>> {
    const entries: [string, HostTensor][] = [];
    for (const [key, state] of this.namedState()) entries.push([key, await state.host()]);
    return new Map(entries);
  }

  /** Takes over values by key. All or nothing: every misfit is found before the first value changes. */
  loadStateDict(state: StateSource, options: LoadOptions = {}): LoadReport {
    return loadStateDict(this.namedState(), state, options);
  }

  /** Draws fresh values for all parameters that have none yet, or for all of them with `{ all: true }`. Returns the module. */
  initialize({ seed = 0, all = false }: { seed?: number; all?: boolean } = {}): this {
    for (const [key, state] of this.namedState()) {
      if (state instanceof Parameter && (all || !state.ready)) state.initialize(seed, key);
    }
    return this;
  }

  /** Switches batch statistics and other training behaviour on, here and below. Returns the module. */
  train(mode = true): this {
    for (const [, module] of this.namedModules()) module.training = mode;
    for (const state of this.namedState().values()) if (state instanceof Parameter) state.persistent = !mode;
    return this;
  }

  eval(): this {
    return this.train(false);
  }

  /** Calls `see` with the dotted name and output of every module that runs below this one, until the returned function is called. */
  observe(see: (name: string, output: unknown) => void): () => void {
    const watched = this.namedModules();
    for (const [name, module] of watched) observers.set(module, (output) => see(name, output));
    return () => watched.forEach(([, module]) => observers.delete(module));
  }

  /** Frees all parameters and constants. */
  dispose(): void {
    for (const [, module] of this.namedModules()) {
      for (const value of Object.values(module)) {
        if (value instanceof Parameter || value instanceof Constant) value.dispose();
      }
    }
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

export interface Module<Inputs extends readonly unknown[] = readonly [Tensor], Output = Tensor> {
  // eslint-disable-next-line @typescript-eslint/prefer-function-type -- it merges with the class, which a type cannot
  (...inputs: Inputs): Output;
}

/** A module of whatever signature. */
export type AnyModule = Module<readonly never[], unknown>;

const join = (prefix: string, name: string) => (prefix ? `${prefix}.${name}` : name);

function invoke<Inputs extends readonly unknown[], Output>(module: Module<Inputs, Output>, inputs: Inputs): Output {
  const path = (inputs.find(isTensor) as Tensor | undefined)?.zoo.tracer?.path;
  const output = path ? traced(module, inputs, path) : module.forward(...inputs);
  observers.get(module)?.(output);
  return output;
}

function traced<Inputs extends readonly unknown[], Output>(
  module: Module<Inputs, Output>,
  inputs: Inputs,
  path: string[],
): Output {
  for (const [name, child] of module.namedChildren()) names.set(child, name);
  const name = names.get(module);
  if (name !== undefined) path.push(name);
  try {
    return module.forward(...inputs);
  } finally {
    if (name !== undefined) path.pop();
  }
}
