import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createZoo, crossEntropy, type Tensor, type Zoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { parseSafetensors } from '@paperzoo/hub';
import {
  adamw,
  adaptiveClip,
  globalNorm,
  mixupTargets,
  softTargetCrossEntropy,
  train,
  type GradientClip,
} from '@paperzoo/nn';
import { readFileSync } from 'node:fs';
import { EfficientViT } from '../src/models/efficientvit';
import { checkConfig } from '../src/models/efficientvit-config';
import { failures, compare } from './harness/check';
import { det, image, type DetRecipe, type ImageRecipe } from './harness/det';

interface Run {
  readonly hparams: Readonly<Record<string, never>>;
  readonly inputs: Readonly<Record<string, { readonly image: ImageRecipe }>>;
  readonly weights: Readonly<Record<string, { readonly det: DetRecipe } | { readonly const: number }>>;
  readonly outputs: Readonly<
    Record<string, { readonly tensor: string; readonly atol?: number; readonly rtol?: number }>
  >;
}

const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const runs = JSON.parse(read('training.json').toString()) as Record<'tiny_train' | 'digits_training', Run>;
const stored = parseSafetensors(read('training.safetensors'));

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: wasm(), log: () => undefined });
});
afterAll(() => zoo.dispose());

/** Upstream's optimiser groups: vectors and bias tables do not decay. */
const optimizer = adamw({
  weightDecay: 0.025,
  decays: (name, shape) => shape.length >= 2 && !name.endsWith('attention_biases'),
});

function build({ hparams: h, weights }: Run): EfficientViT {
  const config = {
    ...{ imgSize: h['img_size']!, numClasses: h['num_classes']!, embedDim: h['embed_dim']!, keyDim: h['key_dim']! },
    ...{ depth: h['depth']!, numHeads: h['num_heads']!, windowSize: h['window_size']!, kernels: h['kernels']! },
    ...{ inChans: 3, globalPool: 'avg' as const, distillation: false },
  };
  checkConfig(config);
  const module = new EfficientViT(config);
  const values = Object.entries(weights).map(([key, how]) => {
    const { shape } = module.namedState().get(key)!;
    const size = shape.reduce((a: number, b) => a * b, 1);
    if ('const' in how) return [key, { shape, data: new Float32Array(size).fill(how.const) }] as const;
    const [name, ...rest] = how.det;
    return [key, { shape, data: det([name.replace('<seed>', '0'), ...rest]) }] as const;
  });
  module.loadStateDict(Object.fromEntries(values));
  return module;
}

test('five steps follow upstream: losses, gradients, clipping, optimiser, norms', async () => {
  const run = runs.tiny_train;
  const module = build(run);
  const [batch, classes] = [run.hparams['batch']! as number, run.hparams['num_classes']! as number];
  const pixels = (step: number) => {
    const { low, noise } = run.inputs['x_k']!.image;
    const at = ([name, ...rest]: DetRecipe): DetRecipe => [name.replace('<k>', String(step)), ...rest];
    return image({ low: at(low), noise: at(noise) });
  };
  const input = (step: number) => zoo.tensor(pixels(step), { shape: [batch, 3, 112, 112] });
  const norms: Tensor[] = [];
  const first: Record<string, Float32Array> = {};
  const clip: GradientClip = (grads, params) => {
    norms.push(zoo.keep(globalNorm(grads)));
    if (norms.length === 1) for (const [key, g] of Object.entries(grads)) first[key] = g.dataSync() as Float32Array;
    return adaptiveClip(0.02)(grads, params);
  };
  const losses: number[] = [];
  const before: number[] = [];
  const events = train({
    zoo,
    model: module,
    loss: (step: number) => {
      const labels = Array.from({ length: batch }, (_, i) => (3 * i + step) % classes);
      const logits = module(input(step));
      if (step === 0) before.push(...logits.dataSync());
      return softTargetCrossEntropy(logits, mixupTargets(zoo, labels, classes, { smoothing: 0.1 }));
    },
    data: { at: (step) => step, fingerprint: 'tiny_train' },
    optimizer,
    clip,
    schedule: 5e-4,
    steps: 5,
  });
  for await (const event of events) if (event.kind === 'step') losses.push(event.loss);
  const evaluated = zoo.scope(() => module.eval()(input(0)));
  const trained = zoo.scope(() => module.train()(input(0)));
  const got: Record<string, ArrayLike<number>> = {
    losses,
    logits0: before,
    grad_norms: await Promise.all(norms.map((norm) => norm.item())),
    logits_train_after: await trained.data(),
    logits_eval_after: await evaluated.data(),
    ...Object.fromEntries(Object.entries(first).map(([key, values]) => [`grad0/${key}`, values])),
  };
  const checks = Object.entries(run.outputs).map(([output, { tensor, ...tolerance }]) =>
    compare(output, got[output] ?? [], stored.get(tensor)!.toF32(), tolerance),
  );
  expect(checks.length).toBeGreaterThan(100);
  expect(failures(checks)).toBeNull();
  for (const tensor of [...norms, trained, evaluated]) tensor.dispose();
  module.dispose();
  expect(zoo.memory().buffers).toBe(0);
}, 120_000);

test('handwritten digits are learnt as upstream learns them, loss by loss', async () => {
  const run = runs.digits_training;
  const module = build(run);
  const [images, labels] = [stored.get('images')!.bytes, stored.get('labels')!.toI32()];
  const keys = det(['digits/s0/order0', [1437], 1, 0]);
  const order = Array.from(keys, (_, i) => i).sort((a, b) => keys[a]! - keys[b]! || a - b);
  const pixels = (places: readonly number[]) => {
    const values = new Float32Array(places.length * 3 * 64 * 64);
    for (let at = 0; at < values.length; at++) {
      const [x, y, place] = [at & 63, (at >> 6) & 63, places[Math.floor(at / (3 * 64 * 64))]!];
      values[at] = (images[place * 64 + (y >> 3) * 8 + (x >> 3)]! / 16 - 0.5) / 0.5;
    }
    return zoo.tensor(values, { shape: [places.length, 3, 64, 64] });
  };
  const losses: number[] = [];
  const events = train({
    zoo,
    model: module,
    loss: (places: readonly number[]) =>
      crossEntropy(module(pixels(places)), zoo.tensor(Int32Array.from(places, (place) => labels[place]!)), {
        labelSmoothing: 0.1,
      }),
    data: { at: (step) => order.slice(32 * step, 32 * (step + 1)), fingerprint: 'digits' },
    optimizer,
    clip: adaptiveClip(0.02),
    schedule: (step) => (2e-3 * (step + 1)) / 20,
    steps: 10,
  });
  for await (const event of events) if (event.kind === 'step') losses.push(event.loss);
  // Upstream's own float32 and float64 runs part after ten steps.
  const expected = stored.get('loss_curve')!.toF32().subarray(0, 10);
  expect(failures([compare('losses', losses, expected, { atol: 1e-3 })])).toBeNull();
  module.dispose();
  expect(zoo.memory().buffers).toBe(0);
}, 120_000);
