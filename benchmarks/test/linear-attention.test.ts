import { gla } from '@paperzoo/gla';
import { expect, test } from '@jest/globals';
import { noise } from '../src/cases/noise';
import { openZoo } from '../src/peers/paperzoo';
import { ortNode } from '../src/peers/ort-node';
import { ortWeb } from '../src/peers/ort-web';
import { relativeDifference } from '../src/suite/race';

test('onnxruntime’s LinearAttention computes what gla computes', async () => {
  const [T, H, K, V] = [37, 3, 8, 12];
  const sizes = { T, H, K, V };
  const [q, k, v] = [noise(T * H * K, 1), noise(T * H * K, 2), noise(T * H * V, 3)];
  const g = noise(T * H * K, 4, 2).map((x) => x - 2);
  await using zoo = await openZoo(1, [(await import('@paperzoo/gla')).default]);
  const tensor = (data: Float32Array, width: number) => zoo.tensor(data, { shape: [1, T, H, width] });
  const [o] = gla(tensor(q, K), tensor(k, K), tensor(v, V), tensor(g, K));
  const ours = (await o.data()) as Float32Array;
  for (const peer of [ortWeb, ortNode]) {
    const session = await peer.mixing({ ...sizes, q, k, v, g });
    expect(relativeDifference(await session.output(), ours)).toBeLessThan(1e-5);
    await session.dispose();
  }
});
