import type { Zoo } from '@paperzoo/core';
import { glaGrad } from '../../src/index';
import { det } from '../harness/det';
import { openZoo } from '../harness/op-zoo';
import type { DeviceCase } from './case';
import { Judge } from './judge';

// Longer than the stretches whose states the kernels keep, which upstream's cases with value gates and bonus are not.
const [T, H, K, V, N] = [75, 2, 5, 7, 3];
const cuSeqlens = [0, 3, 3, T];

const gateShapes = { none: null, constant: [H], scalar: [1, T, H], vector: [1, T, H, K] };
export const GATES = Object.keys(gateShapes) as (keyof typeof gateShapes)[];
export const EXTRAS = ['value gates', 'bonus', 'neither'] as const;

type Gate = (typeof GATES)[number];
type Extra = (typeof EXTRAS)[number];

/** All seven gradients. */
export async function longGradient(zoo: Zoo, gate: Gate, extra: Extra): Promise<Float32Array[]> {
  const grads = zoo.scope(() => {
    const make = (name: string, shape: number[] | null, scale = 1, offset = 0) =>
      shape && zoo.tensor(det([name, shape, scale, offset]), { shape });
    const [q, k, v] = [make('q', [1, T, H, K])!, make('k', [1, T, H, K])!, make('v', [1, T, H, V])!];
    const [dO, dFinal] = [make('dO', [1, T, H, V])!, make('dFinal', [N, H, K, V])!];
    const g = make('g', gateShapes[gate], 0.1, -0.1);
    const gv = make('gv', extra === 'value gates' ? [1, T, H, V] : null, 0.1, -0.1);
    const bonus = make('bonus', extra === 'bonus' ? [H, K] : null);
    const attrs = { cuSeqlens, reverse: true, exclusive: extra === 'bonus' };
    return glaGrad(q, k, v, dO, dFinal, g, gv, make('state', [N, H, K, V]), bonus, attrs);
  });
  const read: Float32Array[] = [];
  for (const grad of grads) {
    read.push((await grad.data()) as Float32Array);
    grad.dispose();
  }
  return read;
}

/** Gradients of a long sequence beside those of the reference device. */
export const longGradients = (): DeviceCase[] =>
  GATES.flatMap((gate) =>
    EXTRAS.map((extra) => ({
      name: `gradients of a long sequence, gate ${gate}, ${extra}`,
      async run(zoo: Zoo) {
        const judge = new Judge();
        await using truth = await openZoo('cpu');
        const wanted = await longGradient(truth, gate, extra);
        (await longGradient(zoo, gate, extra)).forEach((grad, i) => {
          const size = wanted[i]!.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
          judge.close(`gradient ${i}`, grad, wanted[i]!, 1e-5 * size);
        });
        return judge.wrong;
      },
    })),
  );
