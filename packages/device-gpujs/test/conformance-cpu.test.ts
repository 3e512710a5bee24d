import { test } from '@jest/globals';
import { conform } from '@paperzoo/testing';
import { gpujs } from '../src/index';
import { gpujsKernels } from '../src/kernels/index';

const ops = [...new Set(gpujsKernels.map((kernel) => kernel.op))];

// Gradients are judged in float64 on another device: they say nothing about this one.
for (const { name, run } of conform(ops, { devices: { 'gpujs cpu': gpujs({ mode: 'cpu' }) } })) {
  if (!name.startsWith('gradient')) test(name, run);
}
