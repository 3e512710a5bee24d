import { expect, test } from '@jest/globals';
import { fetchCheckpoint } from '@paperzoo/hub';
import { weights } from '../src/index';

test('the address leads to a whole checkpoint: matrices in half precision, everything finite', async () => {
  const checkpoint = await fetchCheckpoint(weights);
  expect(checkpoint.size).toBe(31);
  expect(checkpoint.get('lm_head.weight')!.shape).toEqual([256, 256]);
  for (const [key, tensor] of checkpoint) {
    expect([key, tensor.dtype]).toEqual([key, tensor.shape.length > 1 ? 'F16' : tensor.dtype]);
    expect([key, tensor.toF32().every(Number.isFinite)]).toEqual([key, true]);
  }
});
