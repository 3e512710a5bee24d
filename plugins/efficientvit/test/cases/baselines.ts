import type { Activation } from '@paperzoo/core';
import { gelu, hardsigmoid, hardswish, relu, sigmoid, silu, type Tensor } from '@paperzoo/core';
import { DepthwiseSeparable, InvertedResidual } from '../../src/models/mobilenetv3/blocks';
import { fuseMobileNetV3 } from '../../src/models/mobilenetv3/fused';
import { MobileNetV3 } from '../../src/models/mobilenetv3/model';
import { MobileVitBlock } from '../../src/models/mobilevit/block';
import { fuseMobileVit } from '../../src/models/mobilevit/fused';
import { MobileVit } from '../../src/models/mobilevit/model';
import { truth, type Check } from '../harness/check';
import { det } from '../harness/det';
import type { Case } from '../harness/fixtures';
import type { Runner } from '../harness/runner';
import type { StoredTensor } from '../harness/safetensors';
import { weightedSum } from './gradients';
import { check, input, modelCase, moduleCase } from './modules';

const activations = { relu: 'relu', hard_swish: 'hardswish' } as const satisfies Record<string, Activation>;

function invertedResidual(hparams: Case['hparams'], weights: ReadonlyMap<string, StoredTensor>) {
  return new InvertedResidual({
    input: Number(hparams.in_chs),
    expanded: weights.get('conv_pw.weight')!.shape[0]!,
    output: Number(hparams.out_chs),
    kernel: Number(hparams.dw_kernel_size),
    stride: hparams.stride === 2 ? 2 : 1,
    activation: activations[hparams.act as keyof typeof activations],
    squeeze: hparams.se === true,
  });
}

const mobileVitBlock = moduleCase(
  ({ in_chs, transformer_dim, transformer_depth }) =>
    new MobileVitBlock(Number(in_chs), Number(transformer_dim), Number(transformer_depth)),
);

const mobileVit = modelCase(
  () => new MobileVit(),
  ({ zoo }, module) => fuseMobileVit(zoo, module),
);

/** The activations on inputs at and around their kinks. */
const acts: Runner = async (env, entry) => {
  const functions: Record<string, (x: Tensor) => Tensor> = {
    hard_swish: hardswish,
    hard_sigmoid: hardsigmoid,
    silu,
    sigmoid,
    relu,
    gelu,
  };
  const x = input(env, entry);
  const checks: Check[] = [];
  for (const output of Object.keys(entry.outputs)) {
    const name = output.replace('grad_', '');
    const y = name === output ? functions[name]!(x) : gradient(functions[name]!, x);
    const values = await y.data();
    if (output === 'grad_hard_swish') atTheCorner(checks, values as Float32Array, await x.data());
    checks.push(check(env.fixtures, entry, output, y.shape, values));
    y.dispose();
  }
  x.dispose();
  return checks;
};

/** At exactly -3 the fixture's PyTorch 1.13 takes the inner slope; later ones, and this library, take the outer, 0. */
function atTheCorner(checks: Check[], values: Float32Array, x: ArrayLike<number>): void {
  const weights = det(['loss_w', [values.length], 1, 0]);
  for (let i = 0; i < values.length; i++) {
    if (x[i] !== -3) continue;
    checks.push(truth('grad_hard_swish at -3', values[i] === 0, `${values[i]} instead of 0`));
    values[i] = -0.5 * weights[i]!;
  }
}

function gradient(fn: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const { value, grads } = x.zoo.valueAndGrad(({ x: given }) => weightedSum([fn(given)]), { x });
  value.dispose();
  return grads.x;
}

/** Cases of MobileNetV3 and MobileViT. */
export const baselineCases: Readonly<Record<string, Runner>> = {
  acts,
  mbv3_ds: moduleCase(
    () =>
      new DepthwiseSeparable({
        input: 8,
        expanded: 8,
        output: 8,
        kernel: 3,
        stride: 1,
        activation: 'relu',
        squeeze: false,
      }),
  ),
  mbv3_ir_k3s1_hswish: moduleCase(invertedResidual),
  mbv3_ir_k5s1_se_hswish: moduleCase(invertedResidual),
  mbv3_ir_k5s1_se_hswish_train: moduleCase(invertedResidual),
  mbv3_ir_k5s2_se_relu: moduleCase(invertedResidual),
  mobilevit_block_7x5: mobileVitBlock,
  mobilevit_block_8x6: mobileVitBlock,
  mobilenetv3_224: modelCase(
    () => new MobileNetV3(),
    ({ zoo }, module) => fuseMobileNetV3(zoo, module),
    {
      global_pool: ({ inner }) => inner.get('blocks.6')!.mean([2, 3]),
      act2: ({ inner }) => inner.get('conv_head')!.hardswish(),
    },
  ),
  mobilevit_xxs_224: mobileVit,
  mobilevit_xxs_256: mobileVit,
};
