import { slice, type Claim, type Tensor, type Zoo } from '@paperzoo/core';
import { Philox } from '@paperzoo/nn';
import { logSlope } from '../bench/length';
import { GatedLinearAttention } from '../models/gated-linear-attention';
import { fastest, REFERENCE_DEVICE, type Timed } from './fastest';

export interface LinearTimeOptions {
  readonly lengths?: readonly number[];
  readonly seconds?: number;
  readonly measure?: typeof fastest;
}

const WIDTH = 256;
const AWAY = 0.1;

/** Prefill of one layer over the length. */
export function linearTimeClaim({
  lengths = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536],
  seconds = 20,
  measure = fastest,
}: LinearTimeOptions = {}): Claim {
  const [shortest, longest] = [lengths[0]!, lengths.at(-1)!];
  return {
    id: 'linear-time',
    source: 'Section 4, chunked form',
    statement: 'Reading a sequence takes time that grows linearly with its length.',
    figure: 'O(T) against the O(T²) of softmax attention',
    scaledDown: `One layer, width ${WIDTH}, 4 heads, projections and gates included; ${shortest} to ${longest} tokens, one thread, shortest times of alternating passes; the slope of log time over log length must be 1 ± ${AWAY}.`,
    budgetSeconds: seconds + 30,
    async run(context) {
      const zoo = await context.zoo({ threads: 1 });
      if (zoo.device.name === 'cpu') return REFERENCE_DEVICE;
      const layer = new GatedLinearAttention({ hiddenSize: WIDTH, numHeads: 4 }).initialize();
      const inputs = lengths.map((T) => noise(zoo, T));
      try {
        const subjects = new Map(
          inputs.map((x): [string, Timed] => [`${x.shape[1]} tokens`, () => lastToken(zoo, layer, x)]),
        );
        const times = await measure(subjects, seconds, context);
        const points = lengths.map((length) => ({ length, ms: times.get(`${length} tokens`)! }));
        const slope = logSlope(points);
        return {
          measured: { ...Object.fromEntries(points.map(({ length, ms }) => [`${length} tokens: ms`, ms])), slope },
          holds: Math.abs(slope - 1) <= AWAY,
          because: `From ${shortest} to ${longest} tokens the time grows with the length to the power of ${slope.toFixed(3)}.`,
        };
      } finally {
        layer.dispose();
        for (const x of inputs) x.dispose();
      }
    },
  };
}

/** Only the end is read: copying all of it would be measured, too. */
const lastToken = (zoo: Zoo, layer: GatedLinearAttention, x: Tensor): Tensor =>
  zoo.scope(() => slice(layer(x).y, { dim: 1, start: -1 }));

function noise(zoo: Zoo, T: number): Tensor {
  // A prime length, so that no two tokens are alike soon.
  const block = new Philox(7, 0).normal(65537);
  const values = Float32Array.from({ length: T * WIDTH }, (_, i) => block[i % block.length]!);
  return zoo.tensor(values, { shape: [1, T, WIDTH] });
}
