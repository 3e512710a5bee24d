// Sizes that the samples of ops do not reach: where kernels share work out, fold it, or go over it in pieces.
import { attention, createZoo, linear, type Op, type Tensor, type Zoo } from '@paperzoo/core';
import { webgpu } from '../../src/index';

const quiet = { log: () => undefined };
const wave = (shape: readonly number[], rate: number) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(rate * i + 1));
const waves = (zoo: Zoo, shape: number[], rate: number) => zoo.tensor(wave(shape, rate), { shape });

/** Rows × depth × columns: few rows with and without vectors of four, and a long sum that workgroups share before the epilogue. */
const LINEARS: readonly (readonly [number, number, number])[] = [[1, 64, 5], [3, 1030, 10], [4, 1028, 9], [20, 1100, 33]]; // prettier-ignore

/** Largest errors of linear with bias and residual, over the sum of the magnitudes that were added up. */
export async function linears(): Promise<number[]> {
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const worst: number[] = [];
  for (const [m, k, n] of LINEARS) {
    const [x, w, bias, residual] = [wave([m, k], 0.7), wave([n, k], 1.3), wave([n], 2), wave([m, n], 3)];
    const y = zoo.scope(() => {
      const given = [zoo.tensor(bias), zoo.tensor(residual, { shape: [m, n] })] as const;
      return linear(zoo.tensor(x, { shape: [m, k] }), zoo.tensor(w, { shape: [n, k] }), ...given);
    });
    const got = await y.data();
    y.dispose();
    let most = 0;
    for (let i = 0; i < m * n; i++) {
      const [row, column] = [Math.floor(i / n), i % n];
      let so = bias[column]! + residual[i]!;
      let scale = Math.abs(so);
      for (let l = 0; l < k; l++) {
        const term = x[row * k + l]! * w[column * k + l]!;
        so += term;
        scale += Math.abs(term);
      }
      most = Math.max(most, Math.abs(got[i]! - so) / scale);
    }
    worst.push(most);
  }
  await zoo.dispose();
  return worst;
}

/** Largest difference between an op's kernel and its composite, over the result's largest magnitude. */
async function apart(zoo: Zoo, op: Op, call: () => Tensor): Promise<number> {
  const result = async (way: string) => {
    zoo.pin({ [op.name]: way });
    const y = call();
    zoo.pin(null);
    const data = Array.from(await y.data());
    y.dispose();
    return data;
  };
  const [got, wanted] = [await result(`${op.name}/webgpu`), await result('composite')];
  const scale = Math.max(...wanted.map(Math.abs));
  return Math.max(...got.map((value, i) => Math.abs(value - wanted[i]!))) / scale;
}

/** Attention whose result is wider than one piece has columns, over three leading axes of which each operand lacks another. */
export async function wideAttention(): Promise<number> {
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const [q, k, v] = [[2, 1, 3, 5, 20], [1, 2, 3, 6, 20], [2, 2, 1, 6, 260]].map((shape, i) => waves(zoo, shape, 0.3 + i)); // prettier-ignore
  const far = await apart(zoo, attention, () => attention(q!, k!, v!, waves(zoo, [2, 1, 1, 1, 6], 2)));
  await zoo.dispose();
  return far;
}

/** Bytes that attention over 1,000 tokens takes beside its operands; the scores alone would be 4 MB. */
export async function attentionMemory() {
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const x = waves(zoo, [1000, 4], 0.1);
  const reserved = () => zoo.memory().reservedBytes;
  const before = reserved();
  const y = attention(x, x, x);
  const first = (await y.data())[0]!;
  const bytes = reserved() - before;
  await zoo.dispose();
  return { first, bytes };
}
