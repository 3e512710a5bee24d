// Calls that are prepared: their commands wait for the compiler, and what others do meanwhile must come out as if they had not.
import {
  createZoo,
  defineOp,
  exp,
  implement,
  matmul,
  mul,
  softmax,
  tensor,
  type Device,
  type Tensor,
  type Zoo,
  type ZooError,
} from '@paperzoo/core';
import { webgpu, webgpuKernel } from '../../src/index';

const quiet = { log: () => undefined };
const blocking = (zoo: Zoo) => (zoo.device as Device & { blockingCompilations: number }).blockingCompilations;

const work = (x: Tensor) => x.zoo.scope(() => softmax(exp(matmul(x, x)).mul(0.5).add(1), { dim: 1 }));

/** Compilations that blocked: of a call out of the blue, of one that is prepared, and of the same again. */
export async function prepared() {
  const values = Float32Array.from({ length: 16 }, (_, i) => Math.sin(i));
  const plain = await createZoo({ device: webgpu(), ...quiet });
  const expected = Array.from(await work(plain.tensor(values, { shape: [4, 4] })).data());
  const without = blocking(plain);
  await plain.dispose();
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const x = zoo.tensor(values, { shape: [4, 4] });
  const y = await zoo.prepare(() => work(x));
  const first = Array.from(await y.data());
  const again = Array.from(await work(x).data());
  const result = { expected, first, again, without, blocking: blocking(zoo) };
  await zoo.dispose();
  return result;
}

/** Writes, frees and reads of other code while a call waits for the compiler, and reads of its own. */
export async function meanwhile() {
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const preparing = zoo.prepare(async () => {
    const sums: number[] = [];
    for (let i = 0; i < 4; i++) {
      const y = zoo.scope(() => zoo.full([8], i).mul(2).add(1));
      // Freed while its read waits: its memory goes to the next tensor.
      const read = y.data();
      y.dispose();
      const other = zoo.full([8], -1);
      sums.push((await read)[7]!);
      other.dispose();
    }
    return sums;
  });
  const reads = Array.from({ length: 40 }, (_, i) => {
    const y = zoo.scope(() =>
      zoo
        .full([8], i)
        .mul(zoo.full([8], 3))
        .sub(i),
    );
    const read = y.data();
    y.dispose();
    return read;
  });
  const others = await Promise.all(reads);
  const wrong = others.findIndex((values, i) => Array.from(values).some((v) => v !== 2 * i));
  const sums = await preparing;
  const counted = zoo.memory();
  await zoo.dispose();
  return { sums, wrong, tensors: counted.tensors, blocking: blocking(zoo) };
}

const faulty = defineOp({ name: 'test.faulty', version: 1, inputs: [tensor('x')], shape: ([x]) => x });
implement(faulty, { composite: ([x]) => mul(x, 2) });

/** A prepared call with a shader that does not compile; and one that throws after it enqueued something that another tensor needs. */
export async function unprepared() {
  const kernel = webgpuKernel(faulty, {
    run(ctx, [x], [y]) {
      const program = { ins: [['xs', 'f32']], outs: [['ys', 'f32']], params: [], body: 'ys[i] = nonsense;' } as const;
      ctx.dispatch('test.faulty', () => program, { ins: [x!.buffer], outs: [y!.buffer], size: y!.size });
    },
  });
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  await zoo.register([kernel as never], 'test');
  const x = zoo.ones([4]);
  const told = ({ code, message, details }: ZooError) => ({ code, message, argument: details?.argument });
  const results: Tensor[] = [];
  const broken = await zoo.prepare(() => results.push(faulty(x), mul(x, 3))).then(() => undefined, told);
  const [wrong, right] = results as [Tensor, Tensor];
  const spoilt = await mul(wrong, 2)
    .data()
    .then(() => undefined, told);
  const beside = Array.from(await right.data());
  let kept: Tensor | undefined;
  const thrown = await zoo
    .prepare(() => {
      kept = mul(x, 7);
      throw new Error('halfway');
    })
    .then(
      () => undefined,
      (error: Error) => error.message,
    );
  const rest = Array.from(await kept!.data());
  await zoo.dispose();
  return { broken, spoilt, beside, thrown, rest };
}
