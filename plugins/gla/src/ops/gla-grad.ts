import { attr, defineOp, implement, optional, tensor, type Sample, type Tensor } from '@paperzoo/core';
import { glaGradSamples } from './gla-samples';
import { glaSizes, wantShape } from './gla-shapes';
import { recurrence, type GlaInputs } from './recurrence';

/**
 * Gradients of `gla`: of q, k, v, g, gv, initialState and bonus, each of its input's shape; absent inputs get an empty tensor [0].
 * dO [B, T, H, V] and dFinal [N, H, K, V] are the gradients of `gla`'s two outputs (spec: paper section 4.3).
 */
export const glaGrad = defineOp({
  name: 'gla.gla_grad',
  version: 1,
  inputs: [
    tensor('q'),
    tensor('k'),
    tensor('v'),
    tensor('dO'),
    tensor('dFinal'),
    optional('g'),
    optional('gv'),
    optional('initialState'),
    optional('bonus'),
  ],
  attrs: {
    scale: attr.number(null),
    reverse: attr.boolean(false),
    exclusive: attr.boolean(false),
    cuSeqlens: attr.ints(null),
  },
  shape([q, k, v, dO, dFinal, g, gv, initialState, bonus], attrs) {
    const { H, K, V, N } = glaSizes('gla.gla_grad', [q, k, v, g, gv, initialState, bonus], attrs);
    wantShape('gla.gla_grad', 'dO', dO, v.shape, 'as v');
    wantShape('gla.gla_grad', 'dFinal', dFinal, [N, H, K, V], '[sequences, heads, key width, value width]');
    const like = (x: { shape: readonly number[] } | undefined) => ({ shape: x?.shape ?? [0], dtype: 'f32' }) as const;
    return [like(q), like(k), like(v), like(g), like(gv), like(initialState), like(bonus)] as const;
  },
  cost([q, , v]) {
    const [B, T, H, K] = q.shape as readonly [number, number, number, number];
    const V = v.shape[3]!;
    const macs = B * T * H * (5 * K * V + 64 * (K + V));
    return { macs, flops: 2 * macs };
  },
  samples: (): Sample[] => glaGradSamples(),
});

type Seven = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];

implement(glaGrad, {
  composite([q, k, v, dO, dFinal, g, gv, initialState, bonus], attrs): Seven {
    const { zoo } = q;
    const named = { q, k, v, g, gv, initialState, bonus };
    const present = Object.fromEntries(Object.entries(named).filter(([, x]) => x)) as Record<string, Tensor>;
    const { grads } = zoo.valueAndGrad((p) => {
      const ins: GlaInputs = [p.q!, p.k!, p.v!, p.g, p.gv, p.initialState, p.bonus];
      const [o, S] = recurrence(ins, attrs);
      return o.mul(dO).sum().add(S.mul(dFinal).sum());
    }, present);
    return Object.keys(named).map((name) => grads[name] ?? zoo.zeros([0])) as Seven;
  },
  tolerance: { rel: 6e-6, abs: 6e-6 },
});
