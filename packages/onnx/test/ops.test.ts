import { describe, test } from '@jest/globals';
import * as core from '@paperzoo/core';
import { conformOnnx } from '@paperzoo/testing';
import { run, writer } from './ort-node';

const ops = Object.values(core).filter(
  (value): value is typeof value & core.Op => typeof value === 'function' && 'samples' in value && 'shape' in value,
) as unknown as core.Op[];

/** Opsets at which rules change; the others lie between. */
describe.each([17, 21] as const)('opset %d', (opset) => {
  for (const check of conformOnnx(ops, { write: writer({ opset }), run })) test(check.name, check.run);
});

/** Ops whose nodes differ when onnxruntime's own may be used. */
const CONTRIB = ['gelu', 'silu', 'linear', 'conv2d_nhwc'];

describe('contrib', () => {
  const some = ops.filter(({ name }) => CONTRIB.includes(name));
  for (const check of conformOnnx(some, { write: writer({ form: 'contrib' }), run })) test(check.name, check.run);
});
