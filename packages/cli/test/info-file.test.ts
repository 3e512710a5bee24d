import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { add, createZoo, matmul, softmax, type Tensor } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { exportOnnx, saveGraph } from '@paperzoo/onnx';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { paperzoo, parsed } from './support/cli';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paperzoo-info-'));
  await using zoo = await createZoo({ device: cpu() });
  const weight = zoo.tensor(
    Float32Array.from({ length: 512 }, (_, i) => i),
    { shape: [16, 32] },
  );
  const fn = (x: Tensor) => softmax(add(matmul(x, weight), 1), { dim: -1 });
  const spec = { shape: [2, 16], dtype: 'f32' } as const;
  const file = await exportOnnx(zoo, fn, [spec], {
    ...{ dynamic: { input: { 0: 'N' } }, externalData: 'w.bin' },
    metadata: { note: 'red \u001b[31m and\nlong '.repeat(40) },
  });
  writeFileSync(at('m.onnx'), file.bytes);
  const { json } = await saveGraph(zoo.trace(fn, [spec]));
  writeFileSync(at('graph.json'), JSON.stringify(json));
  writeFileSync(at('cut.onnx'), file.bytes.subarray(0, file.bytes.length - 9));
  writeFileSync(at('empty.onnx'), '');
  writeFileSync(
    at('garbage.onnx'),
    Uint8Array.from({ length: 500 }, (_, i) => (i * 89) % 251),
  );
  writeFileSync(at('text.json'), '{"format":');
  writeFileSync(at('other.json'), '{"format":"gltf","__proto__":{"nodes":[]}}');
  const first = json.nodes[0]!;
  writeFileSync(at('circle.json'), JSON.stringify({ ...json, nodes: [{ ...first, ins: first.outs }] }));
  writeFileSync(at('huge.onnx'), '');
  // A hole in the file: its size is all that is read of it.
  truncateSync(at('huge.onnx'), 2 ** 31);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('info of a file', () => {
  test('tells inputs, outputs, operators and weights, on a narrow terminal and without its control characters', async () => {
    const { code, stdout, stderr } = await paperzoo(['info', at('m.onnx')], { env: { COLUMNS: '50' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, ...lines] = stdout.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50);
    expect(stdout).not.toContain('\u001b');
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('opsets ai.onnx 17');
    expect(text).toContain('w.bin (missing)');
    expect(text).toContain('input input float32[N, 16]');
    expect(text).toContain('output output float32[N, 32]');
    expect(text).toMatch(/OPERATOR COUNT.* Softmax 1/);
  });

  test('with --json everything comes as data', async () => {
    writeFileSync(at('w.bin'), new Uint8Array(2048));
    expect(parsed(await paperzoo(['info', at('m.onnx'), '--json']))).toMatchObject({
      inputs: [{ name: 'input', dtype: 'float32', dims: ['N', 16] }],
      operators: { MatMul: 1 },
      parameters: expect.any(Number),
      external: [{ file: 'w.bin', bytes: 2048 }],
    });
    expect(parsed(await paperzoo(['info', at('graph.json'), '--json']))).toMatchObject({
      inputs: [{ shape: [2, 16], dtype: 'f32' }],
      outputs: [{ shape: [2, 32], dtype: 'f32' }],
      ops: { 'matmul@1': 1, 'add@1': 1, 'softmax@1': 1 },
      constants: 2,
      parameters: 513,
    });
  });

  test('a graph is told to people too', async () => {
    const { code, stdout } = await paperzoo(['info', at('graph.json')], { env: { COLUMNS: '50' } });
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/constants 2 by hash.*input 0 f32\[2, 16\].*matmul@1 1/);
  });

  test.each([
    ['cut.onnx', 'format', /cut\.onnx: not/],
    ['empty.onnx', 'format', /it is empty/],
    ['garbage.onnx', 'format', /garbage\.onnx: not an ONNX model/],
    ['huge.onnx', 'format', /2147483648 bytes/],
    ['text.json', 'format', /is no JSON/],
    ['other.json', 'format', /no saved graph/],
    ['circle.json', 'format', /matmul reads a value before it is made/],
    ['absent.onnx', 'command', /could not be opened/],
  ])('%s is refused', async (name, code, message) => {
    const outcome = await paperzoo(['info', at(name), '--json']);
    expect(outcome.code).toBe(1);
    expect(parsed(outcome)).toMatchObject({ error: { code, message: expect.stringMatching(message) } });
  });

  test('options of models are wrong usage', async () => {
    expect(await paperzoo(['info', at('m.onnx'), '--device', 'cpu'])).toMatchObject({ code: 2 });
  });
});
