import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createZoo, ModelError, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { BatchNorm1d, hostTensor, Linear, type HostTensor, type Loadable } from '../src/index';
import { Net } from './layers';

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: cpu() });
});
afterAll(() => zoo.dispose());

const state = () => new Net().initialize({ seed: 5 }).stateDict();

function misfits(run: () => unknown): {
  missing: string[];
  unexpected: string[];
  shapes: object[];
  dtypes: object[];
  message: string;
} {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { ...(error.details.got as ReturnType<typeof misfits>), message: error.message };
  }
  throw new Error('nothing was thrown');
}

test('a state dict round-trips, from ordinary memory and from the device', async () => {
  const given = await state();
  const net = new Net();
  expect(net.loadStateDict(given)).toEqual({ missing: [], unexpected: [] });
  // Not used yet: the very bytes come back.
  expect((await net.stateDict()).get('fc.weight')).toBe(given.get('fc.weight'));
  const x = zoo.ones([1, 3, 2, 2]);
  zoo.scope(() => net(x)).dispose();
  const back = await net.stateDict();
  expect([...back.keys()]).toEqual([...given.keys()]);
  for (const [key, value] of given) expect(back.get(key)!.toF32()).toEqual(value.toF32());
  x.dispose();
  net.dispose();
});

test('all misfits are reported at once and nothing is loaded', async () => {
  const given = new Map<string, Loadable>(await state());
  given.delete('stem.weight');
  given.delete('fc.bias');
  given.set('extra', hostTensor([1], Float32Array.of(1)));
  given.set('blocks.0.bias', hostTensor([3], new Float32Array(3)));
  given.set('tail.1.bias', { shape: [2], dtype: 'I64', bytes: new Uint8Array(16), toF32: () => new Float32Array(2) });
  const net = new Net();
  const found = misfits(() => net.loadStateDict(given, { model: 'net' }));
  expect(found.missing).toEqual(['stem.weight', 'fc.bias']);
  expect(found.unexpected).toEqual(['extra']);
  expect(found.shapes).toEqual([{ key: 'blocks.0.bias', expected: '[4]', got: '[3]' }]);
  expect(found.dtypes).toEqual([{ key: 'tail.1.bias', expected: 'F32 or F16 or BF16', got: 'I64' }]);
  expect(found.message).toBe(
    'net and the state dict do not fit: 2 missing: stem.weight, fc.bias; 1 unexpected: extra; ' +
      '1 of another shape: blocks.0.bias (expected [4], got [3]); 1 of another dtype: tail.1.bias (expected F32 or F16 or BF16, got I64).',
  );
  expect(net.fc.weight.ready).toBe(false);
});

test('long lists are shortened in the message and complete in the details', () => {
  const found = misfits(() => new Net().loadStateDict({}));
  expect(found.missing).toHaveLength(13);
  expect(found.message).toContain('13 missing: stem.weight, bn.weight, bn.bias, bn.running_mean and 9 more');
});

test('strict: false tolerates missing and unexpected keys and returns them, but no wrong shape', async () => {
  const fc = { 'fc.weight': { shape: [5, 2], data: new Float32Array(10) } };
  const net = new Net();
  const report = net.loadStateDict({ ...fc, other: { shape: [1], data: new Float32Array(1) } }, { strict: false });
  expect(report.unexpected).toEqual(['other']);
  expect(report.missing).toContain('fc.bias');
  expect(net.fc.weight.ready).toBe(true);
  const wrong = { 'fc.weight': { shape: [2, 5], data: new Float32Array(10) } };
  expect(() => net.loadStateDict(wrong, { strict: false })).toThrow(/expected \[5, 2\], got \[2, 5\]/);
});

test("tensors of the zoo are taken without a copy and stay the caller's", async () => {
  const layer = new Linear(2, 1);
  const weight = zoo.tensor([[3, 4]]);
  const bias = zoo.tensor([1]);
  const { buffers } = zoo.memory();
  layer.loadStateDict({ weight, bias });
  expect(zoo.memory().buffers).toBe(buffers);
  const x = zoo.ones([1, 2]);
  const y = layer(x);
  expect(await y.item()).toBe(8);
  layer.dispose();
  expect(Array.from(await weight.data())).toEqual([3, 4]);
  for (const tensor of [weight, bias, x, y]) tensor.dispose();
});

test('int64 counters are loaded, kept and saved; checkpoints without them are accepted', async () => {
  const norm = new BatchNorm1d(2).initialize();
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, 12345678901n, true);
  const count: HostTensor = { shape: [], dtype: 'I64', bytes, toF32: () => Float32Array.of(12345678901) };
  const full = await norm.stateDict();
  norm.loadStateDict(new Map<string, Loadable>([...full, ['num_batches_tracked', count]]));
  expect(norm.num_batches_tracked.value).toBe(12345678901);
  expect((await norm.stateDict()).get('num_batches_tracked')!.bytes).toEqual(bytes);
  norm.num_batches_tracked.increment();
  norm.loadStateDict(new Map<string, Loadable>([...full, ['num_batches_tracked', { ...count, shape: [1] }]]));
  expect(norm.num_batches_tracked.value).toBe(12345678901);
  full.delete('num_batches_tracked');
  expect(norm.loadStateDict(full).missing).toEqual([]);
  const half = { shape: [], data: Float32Array.of(1) };
  expect(() => norm.loadStateDict(new Map<string, Loadable>([...full, ['num_batches_tracked', half]]))).toThrow(
    /I64 or I32/,
  );
});
