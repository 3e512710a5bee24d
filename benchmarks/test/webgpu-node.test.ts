// WebGPU in Node, through the package `webgpu`: a model on the software driver that comes with Chromium, and the message where no driver is.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { raceInNode } from '../src/webgpu/host/race-in-node';
import type { Job } from '../src/webgpu/problem';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// Beside the package `webgpu`, which the device alone depends on.
const entry = here(`../../packages/device-webgpu/node_modules/.race-${process.pid}.mjs`);

beforeAll(async () => {
  await build({
    ...{ entryPoints: [here('../src/webgpu/node/child.ts')], outfile: entry, bundle: true, format: 'esm' },
    ...{ platform: 'node', conditions: ['@paperzoo/source'], external: ['sharp'], logLevel: 'silent' },
  });
}, 60_000);
afterAll(() => rmSync(entry, { force: true }));

const job: Job = {
  ...{ id: 'node', subject: 'gla', alone: true },
  patience: { sampleMs: 0, budgetMs: 0, minRounds: 1, maxRounds: 1 },
};

/** Races with a Vulkan driver of the test's choice. */
async function raceWith(driver: string) {
  const before = process.env.VK_ICD_FILENAMES;
  process.env.VK_ICD_FILENAMES = driver;
  try {
    return await raceInNode(entry, job, undefined, () => undefined);
  } finally {
    if (before === undefined) delete process.env.VK_ICD_FILENAMES;
    else process.env.VK_ICD_FILENAMES = before;
  }
}

const hasLoader = (folder: string) =>
  existsSync(folder) && readdirSync(folder).some((name) => existsSync(join(folder, name, 'libvulkan.so.1')));
const driver = ['/usr/lib/chromium', '/opt/google/chrome']
  .map((folder) => join(folder, 'vk_swiftshader_icd.json'))
  .find((file) => existsSync(file) && hasLoader('/usr/lib'));

if (driver) {
  test('a model runs on the adapter that the driver gives', async () => {
    const { adapter, software, lanes, blocking, profile } = await raceWith(driver);
    expect({ software, blocking }).toEqual({ software: true, blocking: 0 });
    expect(adapter).toMatch(/swiftshader/i);
    expect(lanes[0]!.stats!.min).toBeGreaterThan(0);
    expect(profile).toEqual(expect.arrayContaining([expect.objectContaining({ kernel: 'gla.gla/webgpu' })]));
  }, 120_000);
}

test('without a driver the reason is told with the way out', async () => {
  await expect(raceWith('/nowhere.json')).rejects.toThrow(/no graphics adapter was found\. .*Vulkan/);
}, 60_000);
