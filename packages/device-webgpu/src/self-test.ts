// A few ops whose results are known beforehand, one for each kind of kernel: an adapter that fails them must not be chosen.
import {
  amax,
  conv2dNhwc,
  createZoo,
  exp,
  matmul,
  softmax,
  sum,
  type Device,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';

interface Probe {
  readonly name: string;
  run(zoo: Zoo): Tensor;
  /** Each element of the result. */
  wanted(i: number): number;
}

const counting = (zoo: Zoo, shape: readonly number[], modulo: number) =>
  zoo.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i % modulo),
    { shape },
  );

const PROBES: readonly Probe[] = [
  {
    // Small integers: every order of additions gives the same exact sum.
    name: 'matmul',
    run: (zoo) => matmul(counting(zoo, [37, 50], 7), counting(zoo, [50, 41], 5)),
    wanted: (i) => {
      let so = 0;
      for (let k = 0; k < 50; k++) so += ((Math.floor(i / 41) * 50 + k) % 7) * ((k * 41 + (i % 41)) % 5);
      return so;
    },
  },
  {
    name: 'conv2d_nhwc',
    run: (zoo) =>
      conv2dNhwc(zoo.ones([1, 9, 9, 4]), zoo.ones([5, 4, 3, 3]), zoo.ones([5]), null, null, { padding: [1] }),
    wanted: (i) => {
      const [y, x] = [Math.floor(i / 45), Math.floor(i / 5) % 9];
      return (y % 8 === 0 ? 2 : 3) * (x % 8 === 0 ? 2 : 3) * 4 + 1;
    },
  },
  { name: 'sum', run: (zoo) => sum(counting(zoo, [3, 1000], 10), { dim: [1] }), wanted: () => 4500 },
  { name: 'softmax', run: (zoo) => softmax(zoo.full([4, 70], 1e4), { dim: 1 }), wanted: () => 1 / 70 },
  { name: 'exp', run: (zoo) => exp(zoo.tensor([0, 1, -20, 88])), wanted: (i) => Math.exp([0, 1, -20, 88][i]!) },
  { name: 'amax with NaN', run: (zoo) => amax(zoo.tensor([1, NaN, 2]), { dim: [0] }), wanted: () => NaN },
];

const PATIENCE_MS = 20_000;

/** Undefined when the device computes right, otherwise the sentence that says what it got wrong. Never rejects; the device stays open. */
export async function failureOf(device: Device): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
  });
  const found = await Promise.race([probe(device).catch((error: unknown) => String(error)), late]);
  clearTimeout(timer);
  return found;
}

async function probe(device: Device): Promise<string | undefined> {
  const borrowed: Device = {
    ...{ name: device.name, caps: device.caps, kernels: device.kernels },
    alloc: (bytes, dtype) => device.alloc(bytes, dtype),
    free: (handle, bytes) => device.free(handle, bytes),
    write: (handle, data) => device.write(handle, data),
    read: (handle, dtype, size) => device.read(handle, dtype, size),
    readSync: (handle, dtype, size) => device.readSync(handle, dtype, size),
    load: (kernels) => device.load(kernels),
    run: (kernel, ins, outs, attrs) => device.run(kernel, ins, outs, attrs),
    freePacked: (packed) => device.freePacked?.(packed),
    dispose: () => undefined,
  };
  const zoo = await createZoo({ device: () => borrowed, log: () => undefined });
  const results = PROBES.map(({ run }) => zoo.scope(() => run(zoo)));
  try {
    for (const [k, { name, wanted }] of PROBES.entries()) {
      const values = await results[k]!.data();
      for (let i = 0; i < values.length; i++) {
        const [got, want] = [values[i]!, wanted(i)];
        const right = Number.isNaN(want) ? Number.isNaN(got) : Math.abs(got - want) <= 1e-5 * Math.abs(want);
        if (!right) return `its ${name} gave ${got} instead of ${want} at position ${i}`;
      }
    }
    return undefined;
  } finally {
    for (const result of results) result.dispose();
    await zoo.dispose();
  }
}
