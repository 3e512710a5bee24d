import { describe, expect, test } from '@jest/globals';
import { paperzoo } from './support/cli';
import { samples } from './support/samples';

const run = ['run', 'efficientvit_m0.r224_in1k', samples.cat, '--weights', samples.m0];
const withoutDriver = { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' };

describe('--device', () => {
  test('auto takes wasm where no adapter is, and says why', async () => {
    const { code, stderr } = await paperzoo([...run, '--device', 'auto'], { env: withoutDriver });
    expect(stderr).toMatch(/device wasm: webgpu: /);
    expect(code).toBe(0);
  }, 120_000);

  test('webgpu without an adapter is an error that says what to do', async () => {
    const { code, stderr } = await paperzoo([...run, '--device', 'webgpu'], { env: withoutDriver });
    expect(stderr).toMatch(/webgpu: .*take wasm\(\)/s);
    expect(code).toBe(1);
  }, 120_000);

  test('gpujs computes in WebAssembly here', async () => {
    const { code, stdout } = await paperzoo([...run, '--device', 'gpujs', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(expect.objectContaining({ device: 'gpujs' }));
  }, 120_000);
});
