import { describe, expect, test } from '@jest/globals';
import * as core from '@paperzoo/core';
import type { Op } from '@paperzoo/core';
import { conform } from '@paperzoo/testing';
import { gpujs } from '../src/index';
import { gpujsKernels } from '../src/kernels/index';

const isOp = (value: unknown): value is Op => typeof value === 'function' && 'implementation' in value;
const coreOps = (Object.values(core) as unknown[]).filter(isOp);
const withKernels = [...new Set(gpujsKernels.map((kernel) => kernel.op))];

test('every op of the core that has no composite has a kernel', () => {
  const needy = coreOps.filter((op) => !op.implementation.composite && !op.implementation.view);
  expect(needy.filter((op) => !withKernels.includes(op)).map((op) => op.name)).toEqual([]);
});

// Gradients are judged in float64 on another device: they say nothing about this one.
const ofDevice = ({ name }: { name: string }) => !name.startsWith('gradient') && !name.startsWith('float64');

describe('compiled to WebAssembly', () => {
  const checks = conform(coreOps, { devices: { webasm: gpujs({ mode: 'webasm' }) } });
  for (const { name, run } of checks.filter(ofDevice)) test(name, run);
});
