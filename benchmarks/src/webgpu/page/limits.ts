// What the adapter's shaders reach at best: multiply-adds in registers, and copying memory. Both take their turn in every race.
import { attr, defineOp, slice, tensor, type Tensor, type Zoo } from '@paperzoo/core';
import { webgpuKernel, type Program } from '@paperzoo/device-webgpu';
import type { Lane } from './lane';

/** Accumulators of an invocation, vectors of four: enough independent ones to hide the latency of each. */
const VECTORS = 8;
const FLOPS_PER_ROUND = VECTORS * 4 * 2 * 2;

const steps = (form: (a: string) => string) =>
  Array.from({ length: VECTORS }, (_, i) => `a${i} = ${form(`a${i}`)};`).join(' ');

/** Drivers differ in which form of a multiply-add they make one instruction of. */
const FORMS = { fma: (a: string) => `fma(${a}, b, c)`, sum: (a: string) => `${a} * b + c` } as const;
type Form = keyof typeof FORMS;

const multiplyProgram = (form: Form): Program => ({
  ins: [['xs', 'f32']],
  outs: [['ys', 'f32']],
  params: ['rounds'],
  // Operands come from memory, so that no compiler can know the result.
  body: `let b = vec4f(xs[0], xs[1], xs[2], xs[3]);
  let c = vec4f(xs[4], xs[5], xs[6], xs[7]);
  ${Array.from({ length: VECTORS }, (_, k) => `var a${k} = vec4f(f32(i % 7u) + ${k}.0);`).join(' ')}
  for (var r = 0u; r < p.rounds; r++) {
    ${steps(FORMS[form])}
    ${steps(FORMS[form])}
  }
  let all = ${Array.from({ length: VECTORS }, (_, k) => `a${k}`).join(' + ')};
  ys[i] = all.x + all.y + all.z + all.w;`,
});

const multiply = defineOp({
  name: 'bench.adapter_multiply_add',
  version: 1,
  inputs: [tensor('operands')],
  attrs: { invocations: attr.int(), rounds: attr.int(), form: attr.string() },
  shape: (_ins, { invocations }) => ({ shape: [invocations], dtype: 'f32' }),
});
const copy = defineOp({ name: 'bench.adapter_copy', version: 1, inputs: [tensor('x')], shape: ([x]) => x });

const copyProgram: Program = {
  ins: [['xs', 'vec4f']],
  outs: [['ys', 'vec4f']],
  params: [],
  lanes: 256,
  body: 'ys[i] = xs[i];',
};

const kernels = [
  webgpuKernel<{ rounds: number; form: Form }>(multiply, {
    run(ctx, [x], [y], { rounds, form }) {
      const call = { ins: [x!.buffer], outs: [y!.buffer], params: [rounds], size: y!.size };
      ctx.dispatch(`bench multiply-add/${form}`, () => multiplyProgram(form), call);
    },
  }),
  webgpuKernel(copy, {
    run(ctx, [x], [y]) {
      const call = { ins: [x!.buffer], outs: [y!.buffer], size: y!.size / 4 };
      ctx.dispatch('bench copy', () => copyProgram, call);
    },
  }),
];

export interface Limits {
  readonly multiplyAdd: Pick<Lane, 'run'>;
  readonly copying: Pick<Lane, 'run'>;
  /** 10⁹ per second for a call that took so long. */
  gflops(ms: number): number;
  copyGBs(ms: number): number;
}

/** Prepares both loops on a zoo of the race's; a software adapter gets little to do. */
export async function openLimits(zoo: Zoo, software: boolean): Promise<Limits> {
  await zoo.register(kernels as never, 'benchmarks');
  const invocations = software ? 1 << 10 : 1 << 19;
  const floats = software ? 1 << 20 : 1 << 24;
  const operands = zoo.tensor([0.5, 0.25, 0.75, 0.5, 0.1, 0.2, 0.3, 0.4]);
  const block = zoo.zeros([floats]);
  let rounds = 64;
  const lane = (call: () => Tensor): Pick<Lane, 'run'> => ({ run: (calls) => finish(calls, call) });
  const multiplyAdd = (form: Form) => lane(() => multiply(operands, { invocations, rounds, form }));
  const time = async (form: Form) => {
    const start = performance.now();
    await multiplyAdd(form).run(1);
    return performance.now() - start;
  };
  // Long enough that starting a dispatch does not count.
  while ((await time('fma'), await time('fma')) < 10) rounds *= 2;
  await time('sum');
  const form = (await time('sum')) < (await time('fma')) ? 'sum' : 'fma';
  const copying = lane(() => copy(block));
  await copying.run(1);
  return {
    ...{ multiplyAdd: multiplyAdd(form), copying },
    gflops: (ms) => (FLOPS_PER_ROUND * rounds * invocations) / ms / 1e6,
    copyGBs: (ms) => (8 * floats) / ms / 1e6,
  };
}

/** Enqueues calls and waits for the last one's first values, which come when all before them are done. */
export async function finish(calls: number, call: () => Tensor): Promise<void> {
  for (let i = 1; i < calls; i++) call().dispose();
  const last = call();
  const first = last.zoo.scope(() => slice(last.reshape([last.size]), { dim: 0, end: 4 }));
  last.dispose();
  await first.data();
  first.dispose();
}
