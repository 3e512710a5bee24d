import { isTensor, type Tensor } from '@paperzoo/core';
import type { AnyModule, Module, StateSource } from '@paperzoo/nn';
import { compare, truth, type Check } from '../harness/check';
import { det } from '../harness/det';
import type { Case, Expected, Fixtures } from '../harness/fixtures';
import type { Env, Runner } from '../harness/runner';
import type { StoredTensor } from '../harness/safetensors';

/** Float weights of a case, as `loadStateDict` takes them; generated counters are all zero and stay away. */
export function floats(weights: ReadonlyMap<string, StoredTensor>): StateSource {
  return new Map(
    [...weights].flatMap(([key, { shape, values }]) =>
      values instanceof Float32Array ? [[key, { shape, data: values }] as const] : [],
    ),
  );
}

/** Uploads one input of a case; the caller disposes it. */
export function input({ zoo, fixtures }: Env, entry: Case, name = 'x'): Tensor {
  const { shape, values } = fixtures.resolve(entry, entry.inputs[name]!);
  return zoo.tensor(values, { shape });
}

/** Compares a tensor's elements, or every n-th of them, with a stored output, and its shape with the listed one. */
export function check(
  fixtures: Fixtures,
  entry: Case,
  output: string,
  shape: readonly number[],
  values: ArrayLike<number>,
): Check {
  const expected = entry.outputs[output];
  if (!expected) throw new Error(`${entry.name} lists no output "${output}".`);
  return checkStored(fixtures, entry, output, expected, shape, values);
}

export function checkStored(
  fixtures: Fixtures,
  entry: Case,
  output: string,
  expected: Expected,
  shape: readonly number[],
  values: ArrayLike<number>,
): Check {
  const stored = fixtures.tensor(entry.file, expected.tensor);
  const wanted = expected.shape ?? stored.shape;
  // A pooled map may be a vector here and a 1×1 map upstream: trailing ones do not count.
  const trim = (s: readonly number[]) => s.join('×').replace(/(×1)+$/, '');
  if (trim(shape) !== trim(wanted)) {
    return truth(output, false, `shape [${shape.join(', ')}] instead of [${wanted.join(', ')}]`);
  }
  const stride = expected.sample_stride ?? 1;
  const sampled = stride === 1 ? values : Array.from({ length: stored.values.length }, (_, i) => values[i * stride]!);
  return compare(output, sampled, stored.values, expected);
}

/** The manifest's scalar: the sum of out · det('loss_w', shape, 1, 0), added up in float64. */
export function loss(shape: readonly number[], values: ArrayLike<number>): number {
  const weights = det(['loss_w', shape, 1, 0]);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * weights[i]!;
  return sum;
}

/** What a module returned and what its children returned on the way, still on the device. */
export interface Seen {
  readonly output: Tensor;
  readonly inner: ReadonlyMap<string, Tensor>;
}

/** Calls a module on `x` and keeps the outputs of the named children; everything else is freed. */
export function observeOnce(module: Module, x: Tensor, names: Iterable<string>): Seen {
  const wanted = new Set(names);
  const inner = new Map<string, Tensor>();
  const stop = module.observe((name, output) => {
    if (name !== '' && wanted.has(name) && isTensor(output)) inner.set(name, output as Tensor);
  });
  try {
    return x.zoo.scope(() => ({ output: module(x), inner }));
  } finally {
    stop();
  }
}

/** A case of one module with one input `x`: output, weighted sum, running statistics and counters after the passes. */
export function moduleCase(
  build: (hparams: Case['hparams'], weights: ReadonlyMap<string, StoredTensor>) => Module,
): Runner {
  return async (env, entry) => {
    const weights = env.fixtures.weights(entry);
    const module = build(entry.hparams, weights);
    module.loadStateDict(floats(weights), { model: entry.name });
    module.train(entry.mode === 'train');
    const x = input(env, entry);
    const checks: Check[] = [];
    const passes = entry.passes ?? 1;
    for (let pass = 0; pass < passes; pass++) {
      const y = env.zoo.scope(() => module(x));
      const values = await y.data();
      if (pass < passes - 1) checks.push(check(env.fixtures, entry, `out_pass${pass}`, y.shape, values));
      else {
        checks.push(check(env.fixtures, entry, 'out', y.shape, values));
        checks.push(check(env.fixtures, entry, 'loss', [1], [loss(y.shape, values)]));
      }
      y.dispose();
    }
    checks.push(...(await statistics(env, entry, module, passes)));
    x.dispose();
    module.dispose();
    return checks;
  };
}

/** Running statistics that the case lists, and the counters, which count passes in train mode only. */
async function statistics({ fixtures }: Env, entry: Case, module: AnyModule, passes: number): Promise<Check[]> {
  const state = await module.stateDict();
  const checks = Object.keys(entry.outputs)
    .filter((output) => output.startsWith('after/'))
    .map((output) => {
      const { shape, toF32 } = state.get(output.slice('after/'.length))!;
      return check(fixtures, entry, output, shape, toF32());
    });
  const expected = entry.mode === 'train' ? passes : 0;
  for (const [key, value] of state) {
    if (!key.endsWith('num_batches_tracked')) continue;
    const count = value.toF32()[0]!;
    checks.push(truth(key, count === expected, `${count} batches instead of ${expected}`));
  }
  return checks;
}

/** A case of a whole model: the outputs of its children that are listed, and the logits. `derived` computes what no child returns. */
export function modelCase(
  build: (hparams: Case['hparams']) => Module,
  derived: Readonly<Record<string, (seen: Seen) => Tensor>> = {},
): Runner {
  return async (env, entry) => {
    const module = build(entry.hparams);
    module.loadStateDict(floats(env.fixtures.weights(entry)), { model: entry.name });
    const x = input(env, entry);
    const outputs = Object.keys(entry.outputs);
    const seen = observeOnce(module, x, outputs);
    const checks: Check[] = [];
    for (const output of outputs) {
      const make = derived[output];
      const y = make ? env.zoo.scope(() => make(seen)) : output === 'logits' ? seen.output : seen.inner.get(output);
      if (!y) checks.push(truth(output, false, 'no child has this name'));
      else checks.push(check(env.fixtures, entry, output, y.shape, await y.data()));
      if (make) y?.dispose();
    }
    for (const tensor of [seen.output, ...seen.inner.values(), x]) tensor.dispose();
    module.dispose();
    return checks;
  };
}
