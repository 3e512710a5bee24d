import type { Benchmark, BenchmarkGoal, BenchmarkLane } from '@paperzoo/core';
import { gla } from '../ops/gla';
import { glaGrad } from '../ops/gla-grad';
import { recurrence } from '../ops/recurrence';
import { glaFlops, glaGradients, glaInputs, type Sizes } from './inputs';

const HEADS = [
  { id: 'k64', sizes: { T: 2048, H: 4, K: 64, V: 128 } },
  { id: 'k128', sizes: { T: 2048, H: 4, K: 128, V: 256 } },
] as const;

const said = ({ T, H, K, V }: Sizes) => `1 × ${T} tokens, ${H} heads, K ${K}, V ${V}`;
const WORK =
  'Operations are those of the matrix products, a multiply and an add counted apart: 4KV with the state and 64(K + V) inside chunks of 64 tokens (the causal half), per token and head; the time is that of the whole call, exponentials included.';

/** At the larger heads the composite's states of all tokens would take 3 GB. */
const COMPOSITE = ' “composite” is the same op computed from the core’s ops, token by token.';
const overComposite: BenchmarkGoal = {
  text: 'the same: its composite’s time over the kernel’s',
  ...{ unit: '×', sense: 'least' },
  value: (lanes) => lanes['composite']!.ms / lanes['gla']!.ms,
};

function forward({ id, sizes }: (typeof HEADS)[number]): Benchmark {
  const composes = sizes.K === 64;
  return {
    id: `forward-${id}`,
    title: `gla forward, ${said(sizes)}`,
    definition: `One call of gla(q, k, v, g) with a gate per channel. ${WORK}${composes ? COMPOSITE : ''}`,
    goals: [
      {
        text: `gla forward, ${said(sizes)}: share of the SIMD128 peak in the matrix products`,
        ...{ unit: '%', sense: 'least', must: 40, aim: 65 },
        value: (lanes) => lanes['gla']!.share! * 100,
      },
      ...(composes ? [overComposite] : []),
    ],
    lanes(zoo) {
      const inputs = glaInputs(zoo, sizes);
      const [q, k, v, g] = inputs;
      const attrs = { scale: null, reverse: false, exclusive: false, cuSeqlens: null };
      const composed = () => recurrence([q, k, v, g, undefined, undefined, undefined], attrs)[0];
      const lane = { run: () => zoo.scope(() => gla(...inputs)[0]), flops: glaFlops(sizes) };
      const composite = composes ? [['composite', { run: () => zoo.scope(composed) }] as const] : [];
      return Promise.resolve(Object.fromEntries<BenchmarkLane>([['gla', lane], ...composite]));
    },
  };
}

function backward({ id, sizes }: (typeof HEADS)[number]): Benchmark {
  return {
    id: `backward-${id}`,
    title: `gla backward and forward, ${said(sizes)}`,
    definition:
      'gla(q, k, v, g) beside glaGrad, which gives the gradients of q, k, v and g from those of both outputs and computes the states anew; what a gradient costs beside what it is the gradient of.',
    agree: false,
    goals: [
      {
        text: `gla, ${said(sizes)}: backward time over forward time`,
        ...{ unit: '×', sense: 'most', must: 3.5, aim: 2.6 },
        value: (lanes) => lanes['backward']!.ms / lanes['forward']!.ms,
      },
    ],
    lanes(zoo) {
      const inputs = glaInputs(zoo, sizes);
      const [q, k, v, g] = inputs;
      const [dO, dFinal] = glaGradients(zoo, sizes);
      return Promise.resolve({
        forward: { run: () => zoo.scope(() => gla(...inputs)[0]), flops: glaFlops(sizes) },
        backward: { run: () => zoo.scope(() => glaGrad(q, k, v, dO, dFinal, g)[0]) },
      });
    },
  };
}

/** The op alone, at the head sizes of small models and of the 340M model. */
export const opBenchmarks: readonly Benchmark[] = [...HEADS.map(forward), ...HEADS.map(backward)];
