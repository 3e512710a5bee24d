import { isTensor, type Tensor } from '@paperzoo/core';
import { Module, Sequential, type AnyModule, type StateSource, type Step } from '@paperzoo/nn';
import { compare, truth, type Check } from '../harness/check';
import { det } from '../harness/det';
import type { Case, Expected, Fixtures, TraceEntry } from '../harness/fixtures';
import type { Env, Runner } from '../harness/runner';
import type { StoredTensor } from '../harness/safetensors';
import { gradients } from './gradients';

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
  const see = (name: string, output: unknown) => {
    if (name !== '' && wanted.has(name) && isTensor(output)) inner.set(name, output as Tensor);
  };
  const stops = [
    module.observe(see),
    ...[...module.namedModules()].map(([name, child]) => watchSteps(name, child, see)),
  ];
  try {
    return x.zoo.scope(() => ({ output: module(x), inner }));
  } finally {
    for (const stop of stops) stop();
  }
}

/** Upstream's parameter-free modules are functions here, which `observe` does not see: those in a `Sequential` are wrapped. */
function watchSteps(name: string, module: AnyModule, see: (name: string, output: unknown) => void): () => void {
  if (!(module instanceof Sequential)) return () => undefined;
  const { steps } = module;
  const watched = steps.map((step, i): Step => {
    if (step instanceof Module) return step;
    return (x) => {
      const y = step(x);
      see(`${name}.${i}`, y);
      return y;
    };
  });
  Object.assign(module, { steps: watched });
  return () => void Object.assign(module, { steps });
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
    module.dispose();
    checks.push(...(await moduleGradients(env, entry, build(entry.hparams, weights), x)));
    x.dispose();
    return checks;
  };
}

/** Gradients of the last pass, by a module of their own: a pass in train mode moves the statistics. */
async function moduleGradients(env: Env, entry: Case, module: Module, x: Tensor): Promise<Check[]> {
  module.loadStateDict(floats(env.fixtures.weights(entry)), { model: entry.name });
  module.train(entry.mode === 'train');
  for (let pass = 1; pass < (entry.passes ?? 1); pass++) env.zoo.scope(() => module(x)).dispose();
  const checks = await gradients(env, entry, module, { x }, () => [module(x)]);
  module.dispose();
  return checks;
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

/** What every inference form offers. */
export interface Fused {
  forward(x: Tensor): Tensor;
  dispose(): void;
}

/** A case of a whole model: its children's outputs as far as listed, its logits, and the logits of its inference form. */
export function modelCase<M extends Module>(
  build: (hparams: Case['hparams']) => M,
  fuse: (env: Env, module: M) => Promise<Fused>,
  derived: Readonly<Record<string, (seen: Seen) => Tensor>> = {},
): Runner {
  return async (env, entry) => {
    const module = build(entry.hparams);
    module.loadStateDict(floats(env.fixtures.weights(entry)), { model: entry.name });
    const x = input(env, entry);
    const outputs = Object.keys(entry.outputs);
    const fused = await fuse(env, module);
    const inferred = fused.forward(x);
    const checks = [
      { ...check(env.fixtures, entry, 'logits', inferred.shape, await inferred.data()), output: 'logits, fused' },
    ];
    inferred.dispose();
    fused.dispose();
    const seen = observeOnce(module, x, [...outputs, ...(entry.trace ?? []).map((traced) => traced.module)]);
    for (const output of outputs) {
      const make = derived[output];
      const y = make ? env.zoo.scope(() => make(seen)) : output === 'logits' ? seen.output : seen.inner.get(output);
      if (!y) checks.push(truth(output, false, 'no child has this name'));
      else checks.push(check(env.fixtures, entry, output, y.shape, await y.data()));
      if (make) y?.dispose();
    }
    for (const traced of entry.trace ?? []) checks.push(await checkTraced(env, entry, traced, seen));
    for (const tensor of [seen.output, ...seen.inner.values(), x]) tensor.dispose();
    module.dispose();
    return checks;
  };
}

/** One entry of a trace. Upstream's parameter-free `relu` modules are the ReLU of the convolution before them. */
async function checkTraced({ fixtures }: Env, entry: Case, traced: TraceEntry, { inner }: Seen): Promise<Check> {
  const relu = /^(.*)\.relu(\d)$/.exec(traced.module);
  const tensor = inner.get(relu ? `${relu[1]}.conv${relu[2]}` : traced.module);
  if (!tensor) return truth(traced.module, false, 'no child has this name');
  const values = await tensor.data();
  const expected = { ...traced, sample_stride: traced.stride };
  return checkStored(
    fixtures,
    entry,
    traced.module,
    expected,
    tensor.shape,
    relu ? values.map((v) => Math.max(v, 0)) : values,
  );
}
