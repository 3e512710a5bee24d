import { describe, expect, test } from '@jest/globals';
import { paperzoo, parsed } from './support/cli';

interface Report {
  name: string;
  params: number;
  macs: number;
  plugin: { name: string; paper: { arxiv: string } };
  devices: {
    device: string;
    input: number[];
    params: number;
    macs: number;
    weightBytes: number;
    ops: { op: string; calls: number; kernel: string; because: string[]; madeOf?: string[] }[];
  }[];
}

describe('info', () => {
  test('tells card, paper, counted work and the kernels of every device', async () => {
    const outcome = await paperzoo(['info', 'efficientvit_m0', '--json']);
    const { name, params, macs, plugin, devices } = parsed<Report>(outcome);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect({ name, arxiv: plugin.paper.arxiv }).toEqual({ name: 'efficientvit_m0.r224_in1k', arxiv: '2305.07027' });
    expect(devices.map(({ device }) => device)).toEqual(['wasm', 'cpu']);
    for (const study of devices) {
      expect(study.input).toEqual([1, 3, 224, 224]);
      // What the card states is what a trace counts.
      expect({ params: study.params, macs: study.macs }).toEqual({ params, macs });
      expect(study.weightBytes).toBeGreaterThan(4 * 2_000_000);
    }
    const [wasm, cpu] = devices;
    const attention = 'efficientvit.cascaded_group_attention';
    expect(wasm!.ops.find(({ op }) => op === attention)?.kernel).toBe(`${attention}/wasm-simd`);
    const composed = cpu!.ops.find(({ op }) => op === attention);
    expect(composed?.kernel).toBe('composite');
    expect(composed?.madeOf).toEqual(expect.arrayContaining(['matmul/cpu', 'conv2d/cpu']));
  });

  test('fits into 60 columns and says what runs composed, and why', async () => {
    const { stdout } = await paperzoo(['info', 'efficientvit_m0', '--img-size', '160'], { env: { COLUMNS: '60' } });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('[1, 3, 160, 160]');
    expect(text).toContain('Kernels on wasm OP CALLS RUNS ON');
    expect(text).toContain('linear runs composed (cpu has no kernel for it), of matmul/cpu, add/cpu');
  });

  test('--device keeps to one device', async () => {
    const { devices } = parsed<Report>(await paperzoo(['info', 'efficientvit_m1', '--device', 'wasm', '--json']));
    expect(devices.map(({ device }) => device)).toEqual(['wasm']);
  });

  test('an unknown model and an impossible size are refused', async () => {
    const unknown = await paperzoo(['info', 'efficientvit_m6', '--json']);
    expect(unknown.code).toBe(1);
    expect(parsed(unknown)).toMatchObject({
      error: { code: 'model', message: expect.stringContaining('Did you mean') },
    });
    const size = await paperzoo(['info', 'efficientvit_m0', '--img-size', '100']);
    expect(size.code).toBe(1);
    expect(size.stderr).toMatch(/^error: .*100/);
  });
});
