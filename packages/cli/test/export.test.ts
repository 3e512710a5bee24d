import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectOnnx } from '@paperzoo/onnx';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { paperzoo, parsed } from './support/cli';
import { samples } from './support/samples';

const M0 = 'efficientvit_m0.r224_in1k';
const RANDOM = ['--weights', 'random'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperzoo-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const read = (name: string) => inspectOnnx(readFileSync(at(name)), { file: name });

interface Report {
  model: string;
  weights: string;
  files: { graph: string; file: string; bytes: number; nodes: number; external: { file: string; bytes: number }[] }[];
}

describe('export', () => {
  test('writes a file with names, open sizes and metadata', async () => {
    const outcome = await paperzoo(['export', M0, at('m0.onnx'), '--weights', samples.m0]);
    expect(outcome).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/inputs +pixel_values f32\[N, 3, 224, 224\]/),
    });
    const summary = read('m0.onnx');
    expect(summary).toMatchObject({
      opsets: { 'ai.onnx': 17 },
      inputs: [{ name: 'pixel_values', dims: ['N', 3, 224, 224] }],
      outputs: [{ name: 'logits', dims: ['N', 1000] }],
      metadata: { 'paperzoo.model': M0, 'paperzoo.plugin': '@paperzoo/efficientvit', 'paperzoo.weights': samples.m0 },
    });
    expect(summary.metadata['paperzoo.plugin_version']).toMatch(/^\d+\.\d+\.\d+/);
    expect(summary.metadata['paperzoo.config_sha256']).toMatch(/^[0-9a-f]{64}$/);
  });

  test('with --json stdout holds one document; options reach the file', async () => {
    const options = [
      '--opset',
      '21',
      '--f16',
      '--size',
      'N=1',
      '--external',
      '--img-size',
      '64',
      '--seed',
      '4',
      '--json',
    ];
    const report = parsed<Report>(await paperzoo(['export', M0, at('m0.onnx'), ...RANDOM, ...options]));
    expect(report).toMatchObject({ model: M0, weights: 'random', files: [{ graph: 'forward', file: at('m0.onnx') }] });
    const [file] = report.files;
    expect(file!.external).toEqual([{ file: at('m0.onnx.data'), bytes: statSync(at('m0.onnx.data')).size }]);
    expect(file!.bytes).toBe(statSync(at('m0.onnx')).size);
    expect(read('m0.onnx')).toMatchObject({
      opsets: { 'ai.onnx': 21 },
      inputs: [{ dims: [1, 3, 64, 64] }],
      externalFiles: ['m0.onnx.data'],
    });
    expect(readdirSync(folder).sort()).toEqual(['m0.onnx', 'm0.onnx.data']);
  });

  test('a language model becomes a file for its prompt and one for its steps', async () => {
    const report = parsed<Report>(
      await paperzoo(['export', 'gla_tiny', at('tiny.onnx'), ...RANDOM, '--form', 'functions', '--json']),
    );
    expect(report.files.map(({ graph, file }) => [graph, file])).toEqual([
      ['prefill', at('tiny.prefill.onnx')],
      ['step', at('tiny.step.onnx')],
    ]);
    expect(read('tiny.prefill.onnx').inputs).toEqual([{ name: 'ids', dtype: 'int32', dims: ['N', 'T'] }]);
    expect(read('tiny.step.onnx').inputs[1]).toEqual({
      name: 'past.0.recurrent',
      dtype: 'float32',
      dims: ['N', 4, 32, 64],
    });
    expect(read('tiny.step.onnx').functions.length).toBeGreaterThan(0);
  });

  test('a file that exists stays, unless --force says otherwise', async () => {
    writeFileSync(at('m0.onnx'), 'mine');
    const args = ['export', M0, at('m0.onnx'), ...RANDOM, '--img-size', '64'];
    const refused = await paperzoo(args);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/exists already[\s\S]*--force/) });
    expect(readFileSync(at('m0.onnx'), 'utf8')).toBe('mine');
    expect((await paperzoo([...args, '--force'])).code).toBe(0);
    expect(read('m0.onnx').nodes).toBeGreaterThan(100);
  });

  test('a disk that takes no more leaves nothing behind', () => {
    const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
    // A limit on the size of files stands in for a full disk: writing fails in the middle.
    const args = [
      '-c',
      'ulimit -f 4000 && exec "$0" "$@"',
      process.execPath,
      bin,
      'export',
      M0,
      at('m0.onnx'),
      ...RANDOM,
    ];
    const { status, stderr } = spawnSync('sh', args, {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/error: .*m0\.onnx could not be written/),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('Ctrl-C leaves nothing half-written behind', async () => {
    const { code } = await paperzoo(['export', M0, at('m0.onnx'), ...RANDOM], { interruptAt: /Writing/ });
    // The last bytes may have been on their way when it came: then the file is whole.
    expect([0, 130]).toContain(code);
    for (const name of readdirSync(folder)) expect([name, read(name).nodes > 100]).toEqual(['m0.onnx', true]);
  });

  test.each<[string, string[], number, RegExp]>([
    ['an unknown model', ['efficientvit_m9', 'm.onnx'], 1, /Unknown model/],
    ['a folder that is not there', [M0, 'no/such/m.onnx'], 1, /folder .*no\/such does not exist/],
    ['an operator set that cannot be written', [M0, 'm.onnx', '--opset', '16'], 2, /from 17 to 21/],
    ['an unknown form', [M0, 'm.onnx', '--form', 'round'], 2, /flat, functions, contrib/],
    ['a size without a name', [M0, 'm.onnx', '--size', '3'], 2, /such as N=1/],
    ['an unknown graph', [M0, 'm.onnx', ...RANDOM, '--graph', 'step'], 1, /has the graphs forward, not "step"/],
    ['no file', [M0], 2, /file/],
  ])('%s is refused', async (_what, [name, file, ...rest], code, message) => {
    const outcome = await paperzoo(['export', name!, ...(file ? [at(file)] : []), ...rest]);
    expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
    expect(readdirSync(folder)).toEqual([]);
  });
});
