import { expect, test } from '@jest/globals';
import { inspectOnnx } from '@paperzoo/onnx';
import { openNetwork } from '../src/cases/network';
import { noise } from '../src/cases/noise';
import { picture } from '../src/cases/picture';
import { additionModel } from '../src/onnx/addition-model';
import { gemmModel } from '../src/onnx/gemm-model';
import { pytorchModel } from '../src/onnx/pytorch-model';
import { ortWeb } from '../src/peers/ort-web';
import { relativeDifference } from '../src/suite/race';

async function answer(onnx: Uint8Array, input: Float32Array, shape: readonly number[]): Promise<Float32Array> {
  const session = await ortWeb.graph({ onnx, input, shape }, 1);
  const output = await session.output();
  await session.dispose();
  return output;
}

test('the product’s model multiplies', async () => {
  const [a, b] = [noise(2 * 3, 1), noise(3 * 4, 2)];
  const expected = Float32Array.from({ length: 8 }, (_, at) =>
    [0, 1, 2].reduce((sum, k) => sum + a[Math.floor(at / 4) * 3 + k]! * b[k * 4 + (at % 4)]!, 0),
  );
  expect(relativeDifference(await answer(await gemmModel(2, 3, 4, b), a, [2, 3]), expected)).toBeLessThan(1e-6);
});

test('the addition’s model adds', async () => {
  const [a, b] = [noise(8, 1), noise(8, 2)];
  const sum = await answer(await additionModel(b), a, [8]);
  expect([...sum]).toEqual([...a.map((value, i) => value + b[i]!)]);
});

test('PyTorch’s file of M0 answers as our network, whose weights it takes', async () => {
  const { zoo, network, contestant } = await openNetwork(
    'efficientvit_m0.r224_in1k',
    picture(1, 224),
    [1, 3, 224, 224],
    1,
  );
  const onnx = await pytorchModel(await network.stateDict());
  const ours = await contestant.output();
  await zoo.dispose();
  expect(inspectOnnx(onnx)).toMatchObject({ producer: 'pytorch 1.13.0', nodes: 1306, parameters: 2_335_684 });
  const theirs = await answer(onnx, picture(1, 224), [1, 3, 224, 224]);
  expect(relativeDifference(theirs, ours)).toBeLessThan(1e-5);
});
