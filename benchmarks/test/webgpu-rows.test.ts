import { expect, test } from '@jest/globals';
import { goalsOf } from '../src/goals';
import { renderReport } from '../src/report/render';
import { selectCases } from '../src/suite/select';
import { allCases } from '../src/cases/index';
import { PROBLEMS, type PageResult } from '../src/webgpu/problem';
import { rowOf } from '../src/webgpu/row';
import { result } from './sample-result';

const stats = (min: number) => ({ min, median: 2 * min, p10: min, p90: 3 * min, samples: 5, calls: 1 });
/** A card of 10 TFLOP/s on which ours takes 2 ms for what its limit allows in 1.7. */
const page = (software: boolean): PageResult => ({
  ...{ adapter: 'a <card>', software, problem: PROBLEMS.gemm.full, flops: 2 * 2048 ** 3, blocking: 0 },
  lanes: [
    { id: 'paperzoo', label: 'paperzoo', stats: stats(2) },
    { id: 'onnxruntime-web', label: 'onnxruntime-web, WebGPU', stats: stats(3), difference: 1e-7 },
    { id: 'jax-js', label: 'jax-js, WebGPU', unavailable: 'no such thing' },
  ],
  limits: { gflops: 10_000, copyGBs: 500 },
  profile: [{ kernel: 'matmul/webgpu', dispatches: 1, ms: 1.9 }],
});

test('a graphics card’s row has ratios, shares of its own limit, and goals', async () => {
  const row = rowOf('gemm', 'page', page(false));
  expect(row.entries[0]).toMatchObject({ ratio: 1, rate: expect.closeTo(8590, 0), share: expect.closeTo(0.859, 3) });
  expect(row.entries[1]).toMatchObject({ ratio: 1.5, medianRatio: 1.5 });
  const goals = goalsOf([row]).filter(({ verdict }) => verdict !== 'not measured');
  expect(goals.map(({ id, verdict }) => [id, verdict])).toEqual([
    ['webgpu-gemm-share', 'must'],
    ['webgpu-gemm-onnxruntime-web', 'must'],
  ]);
  const html = await renderReport({ ...result, rows: [row], goals });
  expect(html).toContain('a &#60;card&#62;');
  expect(html).toContain('Our call by kernel: 1.90 ms on the adapter');
  expect(html).not.toContain('WebGPU in a browser · one thread');
});

test('a software adapter’s row keeps no goal, and Node’s is another', () => {
  const software = rowOf('gemm', 'page', page(true));
  expect(software.definition).toMatch(/the times say nothing/);
  expect(goalsOf([software]).every(({ verdict }) => verdict === 'not measured')).toBe(true);
  expect(goalsOf([rowOf('gemm', 'node', page(false))]).every(({ verdict }) => verdict === 'not measured')).toBe(true);
  const unprofiled = rowOf('gemm', 'page', { ...page(false), profile: 'no clock' });
  expect(unprofiled).toMatchObject({ unprofiled: 'no clock' });
});

test('a browser starts only for who asks for it', () => {
  const ids = (...wish: ['quick' | 'full', string?]) => selectCases(allCases, ...wish).map(({ id }) => id);
  const starts = (all: string[]) => all.filter((id) => id.startsWith('webgpu')).length;
  expect(ids('quick', 'webgpu')).toHaveLength(6);
  expect(ids('quick', 'webgpu-gla')).toEqual(['webgpu-gla', 'webgpu-gla-node']);
  expect(['gemm', 'efficientvit', undefined].map((wish) => starts(ids('quick', wish)))).toEqual([0, 0, 0]);
  expect(starts(ids('full'))).toBe(6);
});
