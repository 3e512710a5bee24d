import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { webgpu } from '../src/index';
import { openPage } from '../../../tools/lib/browser.mjs';
import type { Tests } from './browser/program';

let opened: Awaited<ReturnType<typeof openPage>>;
beforeAll(async () => {
  opened = await openPage(new URL('./browser/program.ts', import.meta.url));
}, 60_000);
afterAll(() => opened?.close());

const ask = <K extends keyof Tests>(name: K, ...args: Parameters<Tests[K]>): Promise<Awaited<ReturnType<Tests[K]>>> =>
  opened.page.evaluate(`tests.${name}(...${JSON.stringify(args)})`);

test('options that make no sense are refused', () => {
  expect(() => webgpu({ powerPreference: 'much' as never })).toThrow(/powerPreference must be/);
});

describe('in Chromium, under a policy that allows no code from strings', () => {
  test('the device says which adapter it runs on', async () => {
    const facts = await ask('facts');
    expect(facts).toMatchObject({ name: 'webgpu', software: true });
    expect(facts.adapter).toMatch(/swiftshader/i);
    expect(facts.maxBufferBytes).toBeGreaterThanOrEqual(2 ** 27);
  });

  test('writes, kernels and reads keep their order, however many are under way', async () => {
    const { wrong, back, sync } = await ask('traffic');
    expect(wrong).toBe(-1);
    expect(back).toEqual([1, 0, 255, 7]);
    expect(sync).toMatchObject({ name: 'AsyncReadError', code: 'async-read' });
  }, 60_000);

  test('more workgroups than a row may have', async () => {
    const { n, sum } = await ask('folded');
    expect(sum).toBe(n);
  }, 60_000);

  test('a shader that does not compile spoils what depends on it, by name, and nothing else', async () => {
    const { direct, through, others } = await ask('brokenShader');
    expect(direct).toMatchObject({ code: 'device', op: 'test.broken' });
    expect(direct!.message).toMatch(/swiftshader.*test\.broken\/webgpu.*nonsense/is);
    expect(through).toMatchObject({ code: 'device' });
    expect(others).toEqual([3, 3, 3, 3]);
  });

  test('and where it is compiled at load, the load fails', async () => {
    const error = await ask('brokenLoad');
    expect(error).toMatchObject({ code: 'device' });
    expect(error!.message).toMatch(/test\.broken does not compile on .*swiftshader/is);
  });

  test('a tensor over the limit or of a wrong type is refused with the reason, and the zoo goes on', async () => {
    const { given, narrow, wrongType, noKernel, after } = await ask('tooLarge');
    expect(given).toMatchObject({ code: 'device' });
    expect(given!.message).toMatch(/swiftshader.* holds at most .*smaller/i);
    expect(wrongType).toMatchObject({ code: 'dtype', op: 'matmul' });
    expect(noKernel).toMatchObject({ code: 'dtype', op: 'tanh' });
    expect(narrow).toMatchObject({ code: 'device' });
    expect(narrow!.message).toMatch(/swiftshader.* holds at most/i);
    expect(after).toEqual([1, 1]);
  });

  test('a lost device rejects every pending read and every later call; a new zoo works', async () => {
    const { errors, later, works } = await ask('lost');
    expect(errors.map((e) => e?.code)).toEqual(['device-lost', 'device-lost', 'device-lost']);
    expect(later).toMatchObject({ name: 'DeviceLostError', code: 'device-lost' });
    expect(later!.message).toMatch(/swiftshader.*new zoo/is);
    expect(works).toEqual([4, 4]);
  });

  test('a prepared call compiles everything without blocking, and gives what a plain one gives', async () => {
    const { expected, first, again, without, blocking } = await ask('prepared');
    expect(without).toBeGreaterThan(3);
    expect(blocking).toBe(0);
    expect(first).toEqual(expected);
    expect(again).toEqual(expected);
  });

  test('what other code does while a call waits for the compiler comes out right', async () => {
    expect(await ask('meanwhile')).toEqual({ sums: [1, 3, 5, 7], wrong: -1, tensors: 0, blocking: 0 });
  });

  test('a shader that does not compile is an error of the prepared call; what an error left behind runs all the same', async () => {
    const { broken, spoilt, beside, thrown, rest } = await ask('unprepared');
    expect(broken).toMatchObject({ code: 'device', argument: 'test.faulty' });
    expect(broken!.message).toMatch(/test\.faulty does not compile on .*swiftshader/is);
    expect(spoilt).toEqual(broken);
    expect(beside).toEqual([3, 3, 3, 3]);
    expect(thrown).toBe('halfway');
    expect(rest).toEqual([7, 7, 7, 7]);
  });

  test('what the machine lacks is said with its name and a way out', async () => {
    const { gpu, adapter, device } = await ask('missing');
    expect(gpu).toMatchObject({ name: 'DeviceError', code: 'device', remedy: expect.stringMatching(/https|wasm/) });
    expect(gpu!.message).toContain('this browser has no WebGPU');
    expect(adapter).toMatchObject({ code: 'device', remedy: expect.stringMatching(/graphics driver.*wasm/) });
    expect(device).toMatchObject({ code: 'device', remedy: expect.stringContaining('wasm()') });
    expect(device!.message).toMatch(/swiftshader refused a device: out of devices/i);
  });

  test('a call is timed by kernel on the adapter’s clock, or the reason is told', async () => {
    const { profile, twice, thrown, after, elsewhere, clockless } = await ask('profiled');
    expect(profile.adapter).toMatch(/swiftshader/i);
    expect(profile.rows.map(({ kernel }) => kernel).sort()).toEqual(['matmul/webgpu', 'softmax/webgpu']);
    expect(profile.dispatches).toBe(2);
    expect(profile.ms).toBeGreaterThanOrEqual(0);
    expect(twice).toMatchObject({ code: 'device', remedy: 'Await it first.' });
    expect(thrown).toMatchObject({ message: 'halfway' });
    expect(after).toBeCloseTo(1 / 64, 6);
    expect(elsewhere).toMatchObject({ code: 'device' });
    expect(elsewhere!.message).toContain('this zoo is on wasm');
    expect(clockless.said!.message).toMatch(/swiftshader has no timestamp-query/i);
    expect(clockless.works).toEqual([1, 1]);
  });

  test('sums by subgroups are as good as those by halving, and the same every time', async () => {
    const { has, between, repeated } = await ask('subgroups');
    expect(has).toEqual([false, true]);
    expect(between).toBeLessThan(2e-6);
    expect(repeated).toBe(0);
  });

  test('auto takes it after a self-test, and otherwise the next, saying why', async () => {
    const { good, wrong, none } = await ask('automatic');
    expect(good).toMatchObject({ name: 'webgpu', reason: 'webgpu: passed its self-test', works: [4, 4] });
    expect(wrong).toMatchObject({ name: 'wasm', works: [4, 4] });
    expect(wrong.reason).toMatch(/webgpu on .*swiftshader.* failed its self-test: its matmul gave/i);
    expect(none).toMatchObject({ name: 'wasm', works: [4, 4] });
    expect(none.reason).toContain('no adapter here');
  }, 60_000);

  test('every tile and shared sum is as close as float32 allows', async () => {
    for (const worst of await ask('products')) expect(worst).toBeLessThan(3e-7);
  }, 60_000);

  test('linear of few rows, and of long sums that workgroups share, is as close as float32 allows', async () => {
    for (const worst of await ask('linears')) expect(worst).toBeLessThan(3e-7);
  }, 60_000);

  test('attention of any width and leading axes is its composite', async () => {
    expect(await ask('wideAttention')).toBeLessThan(5e-6);
  }, 60_000);

  test('attention keeps no matrix of scores', async () => {
    const { first, bytes } = await ask('attentionMemory');
    expect(Number.isFinite(first)).toBe(true);
    expect(bytes).toBeLessThan(200_000);
  }, 60_000);

  test('a thousand training steps leave memory flat and learn what wasm learns', async () => {
    const { gpu, wasm } = await ask('training', 1000);
    expect(gpu.end).toEqual(gpu.flat);
    expect(gpu.losses.at(-1)!).toBeLessThan(gpu.losses[0]!);
    gpu.losses.forEach((loss, i) => expect(Math.abs(loss - wasm.losses[i]!)).toBeLessThan(1e-4 * wasm.losses[0]!));
  }, 120_000);
});
