import { describe, expect, test } from '@jest/globals';
import { createZoo, linear, matmul, mean, mul, sub, type DeviceFactory, type Tensor, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { figures } from '../src/lab';

const devices: [string, DeviceFactory][] = [
  ['cpu', cpu()],
  ['wasm ×1', wasm({ debug: true })],
  ['wasm ×2', wasm({ threads: 2 })],
];
type Weights = { first: Tensor; second: Tensor };

/** One step of gradient descent on a two-layer network; frees the old weights and everything in between. */
function step(zoo: Zoo, weights: Weights, x: Tensor, y: Tensor): { weights: Weights; loss: Tensor } {
  const next = zoo.scope(() => {
    const loss = (w: Weights) => {
      const off = sub(linear(linear(x, w.first, { activation: 'tanh' }), w.second), y);
      return mean(mul(off, off));
    };
    const { value, grads } = zoo.valueAndGrad(loss, weights);
    const first = sub(weights.first, mul(grads.first, 0.1));
    const second = sub(weights.second, mul(grads.second, 0.1));
    return { loss: value, weights: { first, second } };
  });
  weights.first.dispose();
  weights.second.dispose();
  return next;
}

describe.each(devices)('%s', (_, device) => {
  test('500 training steps leave memory flat, learn, and repeat themselves', async () => {
    const runs: number[][] = [];
    for (let run = 0; run < 2; run++) {
      const zoo = await createZoo({ device });
      const x = zoo.tensor(
        Float32Array.from({ length: 40 }, (__, i) => Math.sin(i)),
        { shape: [10, 4] },
      );
      const y = zoo.tensor(
        Float32Array.from({ length: 20 }, (__, i) => Math.cos(i)),
        { shape: [10, 2] },
      );
      const draw = (rows: number, columns: number) =>
        zoo.tensor(
          Float32Array.from({ length: rows * columns }, (__, i) => Math.sin(7 * i) / 2),
          { shape: [rows, columns] },
        );
      let weights: Weights = { first: draw(8, 4), second: draw(2, 8) };
      const losses: number[] = [];
      let flat = figures(zoo);
      for (let i = 0; i < 500; i++) {
        const done = step(zoo, weights, x, y);
        weights = done.weights;
        losses.push(done.loss.dataSync()[0]!);
        done.loss.dispose();
        if (i === 0) flat = figures(zoo);
      }
      expect(figures(zoo)).toEqual(flat);
      expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
      runs.push(losses);
      await zoo.dispose();
    }
    expect(runs[1]).toEqual(runs[0]);
  });

  test('a thousand forward steps, failures among them, leave memory flat', async () => {
    const zoo = await createZoo({ device });
    const w = zoo.ones([16, 16]).persist();
    let x = zoo.ones([3, 16]);
    zoo.scope(() => matmul(x, w).dispose());
    const flat = figures(zoo);
    for (let i = 0; i < 1000; i++) {
      const next = zoo.scope(() => matmul(x, w).softmax(-1));
      x.dispose();
      x = next;
      if (i % 10 === 0) expect(() => zoo.scope(() => matmul(x.add(1), x))).toThrow('columns');
    }
    expect(figures(zoo)).toEqual(flat);
    x.dispose();
    w.dispose();
    expect(figures(zoo)).toEqual({ tensors: 0, buffers: 0, bytes: 0, packedBytes: 0, liveBytes: 0 });
    await zoo.dispose();
  });
});
