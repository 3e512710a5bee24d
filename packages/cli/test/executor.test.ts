import { describe, expect, test } from '@jest/globals';
import { paperzoo, parsed } from './support/cli';
import { samples } from './support/samples';

interface Images {
  device: string;
  threads: number;
  images: { top: { index: number; logit: number }[] }[];
}
interface Text {
  device: string;
  text: string;
}

describe('run --executor', () => {
  test('onnxruntime gives the classes that the device gives', async () => {
    const args = ['run', 'efficientvit_m0.r224_in1k', samples.cat, '--weights', samples.m0, '--json'];
    const [here, web, node] = await Promise.all(
      [[], ['--executor', 'ort'], ['--executor', 'ort-node', '--threads', '2']].map(async (more) =>
        parsed<Images>(await paperzoo([...args, ...more])),
      ),
    );
    expect([here, web, node].map((report) => [report!.device, report!.threads])).toEqual([
      ['wasm', 1],
      ['onnxruntime-web', 1],
      ['onnxruntime-node', 2],
    ]);
    const top = (report: Images | undefined) => report!.images[0]!.top;
    for (const there of [web, node]) {
      expect(top(there).map(({ index }) => index)).toEqual(top(here).map(({ index }) => index));
      top(there).forEach(({ logit }, i) => expect(logit).toBeCloseTo(top(here)[i]!.logit, 3));
    }
  });

  test('a language model goes on with the same text', async () => {
    const args = ['run', 'gla_tiny', '--weights', 'random', '--prompt', 'Call me', '--max-tokens', '8', '--json'];
    const [here, there] = await Promise.all(
      [[], ['--executor', 'ort-node']].map(async (more) => parsed<Text>(await paperzoo([...args, ...more]))),
    );
    expect(there).toMatchObject({ device: 'onnxruntime-node', text: here!.text });
  });

  test('an unknown executor is wrong usage', async () => {
    const outcome = await paperzoo(['run', 'efficientvit_m0', samples.cat, '--executor', 'tvm']);
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringMatching(/wasm, ort, ort-node/) });
  });
});
