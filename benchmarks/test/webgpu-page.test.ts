// The page of `bench webgpu` in Chromium, whose adapter here is software: answers and messages, no times.
import { expect, test } from '@jest/globals';
import { raceInPage } from '../src/webgpu/host/race-in-page';
import { serveJob } from '../src/webgpu/host/site';
import type { Job, PageResult, Subject } from '../src/webgpu/problem';
import { rowOf } from '../src/webgpu/row';

/** One round of one call. */
const patience = { sampleMs: 1, budgetMs: 0, minRounds: 1, maxRounds: 1 };
const job = (subject: Subject): Job => ({ id: subject, subject, patience });
const race = (subject: Subject, alone?: true): Promise<PageResult> =>
  raceInPage({ ...job(subject), ...(alone && { alone }) }, { signal: undefined, port: 0, onProgress: () => undefined });

test('a product runs on the adapter in every library, and all agree', async () => {
  const result = await race('gemm');
  expect(result).toMatchObject({ software: true, problem: { side: 256 }, flops: 2 * 256 ** 3, blocking: 0 });
  expect(result.lanes.map(({ id }) => id)).toEqual(['paperzoo', 'onnxruntime-web', 'jax-js']);
  for (const { difference = 0, stats } of result.lanes) {
    expect(difference).toBeLessThan(1e-5);
    expect(stats!.min).toBeGreaterThan(0);
  }
  expect(result.limits.gflops).toBeGreaterThan(0);
  const row = rowOf('gemm', 'page', result);
  // No goal may take a software adapter for a graphics card.
  expect(row.id).toBe('webgpu-gemm-software');
  expect(row.definition).toMatch(/software adapter: the sizes are cut/);
  expect(row.entries.every(({ share }) => share! > 0)).toBe(true);
  expect(row.profile!.map(({ kernel }) => kernel)).toContain('matmul/webgpu');
}, 120_000);

test('a model of GLA answers as onnxruntime does, which runs our file of it', async () => {
  const { problem, blocking, lanes, profile } = await race('gla');
  expect(problem).toMatchObject({ model: 'gla_tiny' });
  expect(blocking).toBe(0);
  const [own, ort, jax] = lanes;
  expect(own!.stats).toBeDefined();
  expect(ort!.stats).toBeDefined();
  expect(ort!.difference).toBeLessThan(1e-4);
  expect(jax!.unavailable).toBe('runs neither ONNX files nor our checkpoints');
  expect(profile).toEqual(expect.arrayContaining([expect.objectContaining({ kernel: 'gla.gla/webgpu' })]));
}, 240_000);

test('a model of EfficientViT that is prepared compiles nothing while a call waits', async () => {
  const { problem, blocking, lanes, profile } = await race('efficientvit', true);
  expect(problem).toMatchObject({ model: 'efficientvit_m0' });
  expect(blocking).toBe(0);
  expect(lanes.map(({ stats }) => stats!.samples)).toEqual([1]);
  expect(profile).toEqual(expect.arrayContaining([expect.objectContaining({ kernel: 'conv2d_nhwc/webgpu' })]));
}, 240_000);

test('a page of a person’s own is told of the job, and what it posts is bounded', async () => {
  const site = await serveJob(job('gemm'), 0, () => undefined);
  try {
    expect(await (await fetch(`${site.url}job`)).json()).toEqual(job('gemm'));
    expect((await fetch(`${site.url}weights?problem=other`)).status).toBe(500);
    expect((await fetch(`${site.url}../package.json`)).status).toBe(404);
    expect((await fetch(`${site.url}ort/..%2fpackage.json`)).status).toBe(404);
    const much = { method: 'POST', body: 'x'.repeat(2 ** 20 + 1) };
    expect((await fetch(`${site.url}result`, much)).status).toBe(500);
    await fetch(`${site.url}failed`, { method: 'POST', body: JSON.stringify('no adapter') });
    await expect(site.result).rejects.toThrow('no adapter');
  } finally {
    await site.close();
  }
});
