import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { attention, attentionGrad, createZoo, type Tensor, type Zoo } from '@paperzoo/core';
import { wasm } from '../src/index';

let zoos: Zoo[];
beforeAll(async () => {
  zoos = await Promise.all(
    [1, 2].map((threads) => createZoo({ device: wasm({ threads, debug: true }), strict: true })),
  );
});
afterAll(async () => {
  for (const zoo of zoos) await zoo.dispose();
});

interface Case {
  readonly n: number;
  readonly m: number;
  readonly d: number;
  readonly e: number;
  readonly causal?: boolean;
  readonly biased?: boolean;
}

let seed = 1;
const random = (size: number): Float32Array =>
  Float32Array.from({ length: size }, () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1);

/** Attention and its gradients by plain loops in double precision, for one matrix each. */
function plain({ n, m, d, e, causal }: Case, [q, k, v, g, bias]: Float32Array[]) {
  const [out, dq, dk, dv, ds] = [n * e, n * d, m * d, m * e, n * m].map(
    (size) => new Float64Array(size),
  ) as Float64Array[];
  const scale = d ** -0.5;
  for (let i = 0; i < n; i++) {
    const count = causal ? Math.min(m, i + 1) : m;
    const scores = Array.from({ length: count }, (_, j) => {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += q![i * d + c]! * k![j * d + c]!;
      return sum * scale + (bias ? bias[i * m + j]! : 0);
    });
    const top = Math.max(...scores);
    const total = scores.reduce((sum, s) => sum + Math.exp(s - top), 0);
    const weights = scores.map((s) => Math.exp(s - top) / total);
    const dWeights = weights.map((w, j) => {
      let sum = 0;
      for (let c = 0; c < e; c++) {
        out![i * e + c]! += w * v![j * e + c]!;
        dv![j * e + c]! += w * g![i * e + c]!;
        sum += g![i * e + c]! * v![j * e + c]!;
      }
      return sum;
    });
    const mean = weights.reduce((sum, w, j) => sum + w * dWeights[j]!, 0);
    weights.forEach((w, j) => {
      const dScore = (ds![i * m + j] = w * (dWeights[j]! - mean));
      for (let c = 0; c < d; c++) {
        dq![i * d + c]! += scale * dScore * k![j * d + c]!;
        dk![j * d + c]! += scale * dScore * q![i * d + c]!;
      }
    });
  }
  return { out: out!, grads: [dq!, dk!, dv!, ds!] };
}

async function distance(got: Tensor, wanted: Float64Array): Promise<number> {
  const values = await got.data();
  return wanted.reduce((worst, x, i) => Math.max(worst, Math.abs(values[i]! - x) / (1 + Math.abs(x))), 0);
}

describe('attention', () => {
  const cases: Case[] = [];
  const sizes = [1, 2, 4, 5, 6, 7, 9, 11, 49, 63, 64, 65, 67, 127, 130, 200];
  sizes.forEach((n, at) => {
    for (const step of [0, 3, 8]) {
      const m = sizes[(at + step) % sizes.length]!;
      cases.push({
        n,
        m,
        d: 1 + ((at * 5 + step) % 21),
        e: 1 + ((at * 7 + step) % 19),
        causal: step !== 3,
        biased: at % 2 > 0,
      });
    }
  });

  test.each([0, 1])('agrees with plain loops at every size, forward and backward (zoo %i)', async (which) => {
    const zoo = zoos[which]!;
    for (const size of cases) {
      const { n, m, d, e, causal, biased } = size;
      const data = [n * d, m * d, m * e, n * e, n * m].map(random);
      const wanted = plain(size, biased ? data : data.slice(0, 4));
      const shapes = [[n, d], [m, d], [m, e], [n, e], [n, m]]; // prettier-ignore
      const [q, k, v, g, b] = data.map((x, i) => zoo.tensor(x, { shape: shapes[i]! })) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const bias = biased ? b : null;
      const out = attention(q, k, v, bias, { causal });
      const grads = attentionGrad(q, k, v, g, bias, { causal, biasGrad: true });
      const worst = await distance(out, wanted.out);
      const worstGrads = await Promise.all(grads.map((x, i) => distance(x, wanted.grads[i]!)));
      expect({ size, good: Math.max(worst, ...worstGrads) < 4e-6 }).toEqual({ size, good: true });
      for (const x of [q, k, v, g, b, out, ...grads]) x.dispose();
    }
  });

  test('threads change no bit, however few or many products there are', async () => {
    for (const products of [1, 3, 9]) {
      const shapes = [[products, 150, 12], [products, 133, 12], [products, 133, 20], [products, 150, 20]]; // prettier-ignore
      const data = shapes.map((shape) => random(shape.reduce((a, b) => a * b)));
      const [one, two] = await Promise.all(
        zoos.map(async (zoo) => {
          const [q, k, v, g] = data.map((x, i) => zoo.tensor(x, { shape: shapes[i]! })) as [
            Tensor,
            Tensor,
            Tensor,
            Tensor,
          ];
          const all = [attention(q, k, v), ...attentionGrad(q, k, v, g, { causal: true })];
          return Promise.all(all.map((x) => x.data()));
        }),
      );
      expect(one).toEqual(two);
    }
  });

  test('scores are never held as a whole', async () => {
    const zoo = await createZoo({ device: wasm({ threads: 1 }), strict: true });
    const [n, d] = [4096, 8];
    const [q, k, v, g] = [0, 0, 0, 0].map(() => zoo.tensor(random(n * d), { shape: [n, d] })) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    attention(q, k, v);
    attentionGrad(q, k, v, g);
    // One matrix of scores would be 64 MiB.
    expect(zoo.memory().reservedBytes).toBeLessThan(16 * 2 ** 20);
    await zoo.dispose();
  });

  test('a bias of -∞ hides keys, also the whole first block of them', async () => {
    const zoo = zoos[0]!;
    const [n, m] = [6, 300];
    const [q, k, v] = [n, m, m].map((rows) => zoo.tensor(random(rows * 8), { shape: [rows, 8] })) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const bias = zoo.tensor(Float32Array.from({ length: m }, (_, j) => (j < 150 ? -Infinity : 0)));
    const hidden = attention(q, k, v, bias);
    const cut = attention(q, k.slice(0, 150), v.slice(0, 150));
    expect(await distance(hidden, Float64Array.from(await cut.data()))).toBeLessThan(1e-6);
    const blind = attention(q, k, v, zoo.full([m], -Infinity));
    expect((await blind.data()).every((x) => x === 0)).toBe(true);
  });
});
