import { crossEntropy, type Tensor } from '@paperzoo/core';
import {
  binaryCrossEntropy,
  distillationLoss,
  meanSquaredError,
  mixupTargets,
  softTargetCrossEntropy,
} from '../../src/index';
import type { Upstream } from '../upstream';
import { far, over, type Env, type NnCase } from './env';

function mixed({ zoo, fixtures }: Env): Tensor {
  const h = fixtures.find('mixup_target').hparams;
  return mixupTargets(zoo, h.target, h['num_classes']!, { lambda: h['lam']!, smoothing: h['smoothing']! });
}

/** A loss and all gradients against upstream's. */
const upstreamLoss =
  (name: string, loss: (inputs: Record<string, Tensor>, env: Env, upstream: Upstream) => Tensor): NnCase =>
  async (env) => {
    const { zoo, fixtures } = env;
    const upstream = fixtures.find(name);
    const inputs = Object.fromEntries(
      Object.entries(upstream.inputs).map(([key, { shape, data }]) => [key, zoo.tensor(data, { shape })]),
    );
    const { value, grads } = zoo.valueAndGrad((given) => loss(given, env, upstream), inputs);
    const wrong = over('loss', upstream.ratio('loss', await value.data()));
    for (const [key, grad] of Object.entries(grads)) {
      const got = await grad.data();
      // Nothing flows into the teacher.
      if (key === 'teacher_logits') wrong.push(...far(key, got, new Float32Array(got.length), 0));
      else wrong.push(...over(`grad/${key}`, upstream.ratio(`grad/${key}`, got)));
    }
    for (const t of [value, ...Object.values(grads), ...Object.values(inputs)]) t.dispose();
    return wrong;
  };

const softTarget = (name: string) =>
  upstreamLoss(name, ({ logits }, env) => softTargetCrossEntropy(logits!, mixed(env)));

const distilled = (name: string) =>
  upstreamLoss(name, ({ logits, logits_kd, teacher_logits }, env, { hparams }) =>
    distillationLoss(softTargetCrossEntropy(logits!, mixed(env)), logits_kd!, teacher_logits!, {
      kind: name.includes('soft') ? 'soft' : 'hard',
      alpha: hparams['alpha']!,
      temperature: hparams['tau']!,
    }),
  );

const targets: NnCase = async (env) => {
  const upstream = env.fixtures.find('mixup_target');
  const { target, ...h } = upstream.hparams;
  using y = mixed(env);
  using plain = mixupTargets(env.zoo, target, h['num_classes']!);
  return [
    ...over('y', upstream.ratio('y', await y.data())),
    ...over('y_nosmooth', 2 * upstream.ratio('y_nosmooth', await plain.data())),
  ];
};

const elementwise: NnCase = async ({ zoo }) => {
  using x = zoo.tensor([-200, -1, 0.5, 300]);
  using t = zoo.tensor([0, 1, 0.25, 0.5]);
  using squared = zoo.scope(() => meanSquaredError(x, t));
  using binary = zoo.scope(() => binaryCrossEntropy(x, t));
  const row = (logit: number, target: number) =>
    Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
  const expected = (row(-200, 0) + row(-1, 1) + row(0.5, 0.25) + row(300, 0.5)) / 4;
  return [
    ...far('squared', await squared.data(), [(200 ** 2 + 4 + 0.0625 + 299.5 ** 2) / 4], 0.05),
    ...far('binary', await binary.data(), [expected], 5e-6),
  ];
};

/** Losses against upstream's fixtures, or their textbook form in float64. */
export const lossCases: Readonly<Record<string, NnCase>> = {
  'mixup targets': targets,
  soft_target_ce: softTarget('soft_target_ce'),
  soft_target_ce_extreme: softTarget('soft_target_ce_extreme'),
  'label smoothing': upstreamLoss('label_smoothing_ce', ({ logits }, { zoo }, { hparams }) =>
    crossEntropy(logits!, zoo.tensor([...hparams.target], { dtype: 'i32' }), { labelSmoothing: hparams['smoothing']! }),
  ),
  distill_soft_t1: distilled('distill_soft_t1'),
  distill_soft_t3: distilled('distill_soft_t3'),
  distill_hard_t1: distilled('distill_hard_t1'),
  'squared error and binary cross entropy': elementwise,
};
