import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { paperzoo, parsed } from './support/cli';
import { Project } from './support/project';

interface Report {
  ok: boolean;
  findings: { check: string; status: string; text: string }[];
  devices: { device: string; threads: number; ops: { op: string; ok: boolean; difference: number }[] }[];
}

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project.remove());

describe('doctor', () => {
  test('finds everything in order in this repository', async () => {
    const outcome = await paperzoo(['doctor', '--json']);
    const { ok, findings, devices } = parsed<Report>(outcome);
    expect(findings.filter(({ status }) => status === 'problem')).toEqual([]);
    expect({ ok, code: outcome.code, stderr: outcome.stderr }).toEqual({ ok: true, code: 0, stderr: '' });
    const checks = findings.map(({ check }) => check);
    for (const check of [
      'Node',
      'platform',
      'processor',
      'SIMD',
      'shared memory',
      'isolation',
      'cache',
      'images',
      'plugin',
      'cpu',
      'wasm',
    ])
      expect(checks).toContain(check);
    for (const { ops } of devices) {
      expect(ops.map(({ op }) => op)).toEqual(
        expect.arrayContaining(['matmul', 'conv2d', 'softmax', 'efficientvit.cascaded_group_attention']),
      );
      expect(ops.every((op) => op.ok && op.difference >= 0)).toBe(true);
    }
  });

  test('reads well in 60 columns', async () => {
    const { stdout } = await paperzoo(['doctor'], { env: { COLUMNS: '60' } });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(stdout).toMatch(/^ok Node +\d+\./m);
    expect(stdout).toMatch(/Everything needed works\.\n$/);
  });

  test('a broken plugin and an op that computes nonsense are problems', async () => {
    project.install('broken', 'throw new Error("no use")');
    project.write('liar.mjs', LIAR);
    const outcome = await paperzoo(['doctor', '--json', '--plugin', './liar.mjs'], { cwd: project.folder });
    const { ok, findings } = parsed<Report>(outcome);
    expect({ ok, code: outcome.code }).toEqual({ ok: false, code: 1 });
    const problems = findings
      .filter(({ status }) => status === 'problem')
      .map(({ check, text }) => `${check}: ${text}`);
    expect(problems).toContain('plugin: broken cannot be used: no use');
    expect(problems).toContainEqual(
      expect.stringMatching(/^wasm: wrong: liar\.twice differs by .* from the reference/),
    );
    expect(problems.some((text) => text.startsWith('cpu:'))).toBe(false);
  });

  test('a cache that cannot be written is a warning', async () => {
    const file = join(project.folder, 'a-file');
    writeFileSync(file, '');
    const { code, stdout } = await paperzoo(['doctor'], { env: { XDG_CACHE_HOME: file } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^!! cache +.*cannot be written/m);
  });
});

/** An op whose wasm kernel adds one to the truth. */
const LIAR = `
  import { add, defineKernel, defineOp, definePlugin, implement, tensor } from '@paperzoo/core';
  const twice = defineOp({
    name: 'liar.twice', version: 1, inputs: [tensor('x')],
    shape: ([x]) => x,
    samples: () => [{ name: 'a few', ins: [{ shape: [5] }] }],
  });
  implement(twice, { composite: ([x]) => add(x, x) });
  const kernel = defineKernel(twice, {
    id: 'liar.twice/wasm', device: 'wasm',
    run(ctx, [x], [y]) {
      for (let i = 0; i < x.size; i++) ctx.f32[(y.buffer >> 2) + i] = 2 * ctx.f32[(x.buffer >> 2) + i] + 1;
    },
  });
  export default definePlugin({
    name: 'liar', api: 1, license: 'MIT', paper: { title: 'Lies' }, ops: [twice],
    kernels: { wasm: async () => ({ default: [kernel] }) },
  });
`;
