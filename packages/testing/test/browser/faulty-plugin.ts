// A plugin with a kernel that is wrong on the cpu device alone: what the page must show, to the last element.
import { defineKernel, defineOp, definePlugin, implement, mul, tensor, type Arg, type Kernel } from '@paperzoo/core';

const twice = defineOp({
  name: 'faulty.twice',
  version: 1,
  inputs: [tensor('x')],
  shape: ([x]) => x,
  cost: ([x]) => ({ flops: x.shape.reduce((a, b) => a * b, 1) }),
  samples: () => [{ name: 'pair', ins: [{ shape: [2], fill: [1, 3] }] }],
});
implement(twice, { composite: ([x]) => mul(x, 2), vjp: ({ grads: [dy] }) => [mul(dy!, 2)] });

const kernel = defineKernel<Float32Array, unknown>(twice, {
  id: 'faulty.twice/cpu',
  device: 'cpu',
  supports: ([x]) => x!.shape[0] === 2 || 'takes pairs only',
  run: (_context, [x], [y]) => (x as Arg<Float32Array>).buffer.forEach((v, i) => (y!.buffer[i] = i ? 7 : 2 * v)),
});

export default definePlugin({
  name: 'faulty',
  api: 1,
  license: 'MIT',
  paper: { title: 'Twice', authors: 'nobody', year: 2026, venue: 'nowhere' },
  ops: [twice],
  kernels: { cpu: () => Promise.resolve({ default: [kernel as Kernel<never, never>] }) },
});
