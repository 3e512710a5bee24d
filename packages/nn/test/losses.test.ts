import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createZoo, crossEntropy, type Tensor, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import {
  binaryCrossEntropy,
  distillationLoss,
  meanSquaredError,
  mixupTargets,
  softTargetCrossEntropy,
} from '../src/index';
import { Upstream } from './upstream';

const MIXED = new Upstream('mixup_target').hparams;

describe.each(['cpu', 'wasm'])('on %s', (device) => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await createZoo({ device: device === 'cpu' ? cpu() : wasm(), log: () => undefined });
  });
  afterAll(() => zoo.dispose());

  const mixed = () =>
    mixupTargets(zoo, MIXED.target, MIXED['num_classes']!, { lambda: MIXED['lam']!, smoothing: MIXED['smoothing']! });

  /** Runs a loss on a case's inputs and holds it and all gradients against upstream's. */
  async function check(name: string, loss: (inputs: Record<string, Tensor>, upstream: Upstream) => Tensor) {
    const upstream = new Upstream(name);
    const inputs = Object.fromEntries(
      Object.entries(upstream.inputs).map(([key, { shape, data }]) => [key, zoo.tensor(data, { shape })]),
    );
    const { value, grads } = zoo.valueAndGrad((given) => loss(given, upstream), inputs);
    expect(upstream.ratio('loss', await value.data())).toBeLessThanOrEqual(1);
    for (const [key, grad] of Object.entries(grads)) {
      const got = await grad.data();
      if (key === 'teacher_logits') expect(got.every((g) => g === 0)).toBe(true);
      else expect(upstream.ratio(`grad/${key}`, got)).toBeLessThanOrEqual(1);
    }
    for (const t of [value, ...Object.values(grads), ...Object.values(inputs)]) t.dispose();
  }

  test('mixup targets', async () => {
    const upstream = new Upstream('mixup_target');
    using y = mixed();
    using plain = mixupTargets(zoo, MIXED.target, MIXED['num_classes']!);
    expect(upstream.ratio('y', await y.data())).toBeLessThanOrEqual(1);
    expect(upstream.ratio('y_nosmooth', await plain.data())).toBe(0);
    expect(() => mixupTargets(zoo, [7], 7)).toThrow(/label 7 of row 0/);
  });

  test.each(['soft_target_ce', 'soft_target_ce_extreme'])('%s', (name) =>
    check(name, ({ logits }) => softTargetCrossEntropy(logits!, mixed())),
  );

  test('label smoothing', () =>
    check('label_smoothing_ce', ({ logits }, { hparams }) =>
      crossEntropy(logits!, zoo.tensor([...hparams.target], { dtype: 'i32' }), {
        labelSmoothing: hparams['smoothing']!,
      }),
    ));

  test.each(['distill_soft_t1', 'distill_soft_t3', 'distill_hard_t1'])('%s', (name) =>
    check(name, ({ logits, logits_kd, teacher_logits }, { hparams }) =>
      distillationLoss(softTargetCrossEntropy(logits!, mixed()), logits_kd!, teacher_logits!, {
        kind: name.includes('soft') ? 'soft' : 'hard',
        alpha: hparams['alpha']!,
        temperature: hparams['tau']!,
      }),
    ),
  );

  test('squared error and binary cross entropy', async () => {
    const x = zoo.tensor([-200, -1, 0.5, 300]);
    const t = zoo.tensor([0, 1, 0.25, 0.5]);
    using squared = zoo.scope(() => meanSquaredError(x, t));
    using binary = zoo.scope(() => binaryCrossEntropy(x, t));
    expect(await squared.item()).toBeCloseTo((200 ** 2 + 4 + 0.0625 + 299.5 ** 2) / 4, 1);
    const row = (logit: number, target: number) =>
      Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
    const expected = (row(-200, 0) + row(-1, 1) + row(0.5, 0.25) + row(300, 0.5)) / 4;
    expect(await binary.item()).toBeCloseTo(expected, 5);
    x.dispose();
    t.dispose();
  });

  test('shapes and options are checked', () => {
    const scalar = zoo.ones([]);
    const logits = zoo.ones([2, 3]);
    expect(() => softTargetCrossEntropy(logits, zoo.ones([2, 4]))).toThrow(/\[2, 3\] and \[2, 4\]/);
    expect(() => distillationLoss(scalar, logits, logits, { kind: 'soft', alpha: 2 })).toThrow(/alpha/);
    expect(() => distillationLoss(scalar, logits, logits, { kind: 'soft', temperature: 0 })).toThrow(/temperature/);
  });
});
