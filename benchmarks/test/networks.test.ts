import { describe, expect, test } from '@jest/globals';
import { exportNetwork, openNetwork } from '../src/cases/network';
import { noise } from '../src/cases/noise';
import { picture } from '../src/cases/picture';
import { ortWeb } from '../src/peers/ort-web';
import { relativeDifference } from '../src/suite/race';

describe('what the peers get', () => {
  test.each([
    ['efficientvit_m0', 224, 2],
    ['mobilenetv3_large_100', 224, 1],
    ['mobilevit_xxs', 256, 1],
  ])('%s answers in onnxruntime-web as it does here', async (name, side, batch) => {
    const shape = [batch, 3, side, side];
    const input = picture(batch, side);
    const { network, contestant } = await openNetwork(name, input, shape, 1);
    const session = await ortWeb.graph({ onnx: await exportNetwork(network, shape), input, shape }, 1);
    const [ours, theirs] = [await contestant.output(), await session.output()];
    await session.dispose();
    await contestant.dispose();
    expect(ours).toHaveLength(batch * 1000);
    // A dead network would agree with anybody.
    expect(Math.max(...ours) - Math.min(...ours)).toBeGreaterThan(0.05);
    expect(relativeDifference(theirs, ours)).toBeLessThan(5e-5);
  });
});

describe('inputs', () => {
  test('noise is the same everywhere, and centred', () => {
    const values = noise(10_000, 3, 2);
    expect(Array.from(noise(10_000, 3, 2))).toEqual(Array.from(values));
    expect(Array.from(noise(4, 3))).not.toEqual(Array.from(noise(4, 4)));
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(2);
    expect(Math.abs(values.reduce((a, b) => a + b) / values.length)).toBeLessThan(0.05);
  });

  test('pictures of a batch differ, and stay within what normalised photographs hold', () => {
    const both = picture(2, 64);
    const [first, second] = [both.subarray(0, 3 * 64 * 64), both.subarray(3 * 64 * 64)];
    expect(relativeDifference(first, second)).toBeGreaterThan(0.1);
    expect(Math.max(...both.map(Math.abs))).toBeLessThan(4);
  });
});
