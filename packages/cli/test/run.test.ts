import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paperzoo, parsed, type Outcome } from './support/cli';
import { startHub, type Hub } from './support/hub';
import { samples } from './support/samples';

const M0 = 'efficientvit_m0';
const FILE = '/timm/efficientvit_m0.r224_in1k/resolve/main/model.safetensors';
/** What the fixtures' checkpoint makes of the cat, from upstream's own run of it. */
const TOP = [351, 127, 452, 666, 730];

interface Report {
  model: string;
  weights: string;
  device: string;
  threads: number;
  images: { file: string; top?: { index: number; label: string; score: number }[]; error?: { code: string } }[];
  error?: { code: string; message: string; remedy?: string };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperzoo-run-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const run = (args: readonly string[]) => paperzoo(['run', M0, ...args]);
const indices = (outcome: Outcome) => parsed<Report>(outcome).images.map(({ top }) => top?.map(({ index }) => index));

describe('run', () => {
  test('prints the most probable classes with their names', async () => {
    const { code, stdout, stderr } = await run(['-i', samples.cat, samples.rocket, '-w', samples.m0]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/chelsea\.jpg/);
    expect(stdout).toMatch(/1 +351 +hartebeest +\d+\.\d\d %/);
    expect(stdout).toMatch(/rocket\.jpg/);
  });

  test('gives the same answer on every device, with any number of threads', async () => {
    const args = ['--image', samples.cat, '--weights', samples.m0, '--json'];
    const outcomes = await Promise.all([run(args), run([...args, '-t', '2']), run([...args, '-d', 'cpu'])]);
    expect(outcomes.map(indices)).toEqual([[TOP], [TOP], [TOP]]);
    expect(outcomes.map((each) => parsed<Report>(each)).map(({ device, threads }) => [device, threads])).toEqual([
      ['wasm', 1],
      ['wasm', 2],
      ['cpu', 1],
    ]);
  });

  test('a plugin’s name runs its packaged weights, offline, and says which classes they know', async () => {
    const env = { HF_ENDPOINT: 'http://127.0.0.1:1' };
    const { code, stdout, stderr } = await paperzoo(['run', 'efficientvit', samples.boot], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^efficientvit_m0\.fashion_mnist on wasm/);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/It knows 10 classes .*: T-shirt\/top, .*, Ankle boot\./);
    expect(stdout).toMatch(/1 +9 +Ankle boot +\d+\.\d\d %/);
    const told = parsed<Report>(await paperzoo(['run', 'efficientvit', '--image', samples.boot, '--json'], { env }));
    expect(told).toMatchObject({ weights: 'npm:@paperzoo/weights-efficientvit-fashion-mnist' });
  });

  test('--topk cuts the list', async () => {
    const outcome = await run(['-i', samples.cat, '-w', samples.m0, '-k', '2', '--json']);
    expect(indices(outcome)).toEqual([TOP.slice(0, 2)]);
  });

  test('--weights random says that its labels mean nothing; --img-size changes the input', async () => {
    const outcome = await run(['-i', samples.cat, '-w', 'random', '--img-size', '128']);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toContain('The weights are random: the labels mean nothing.');
  });

  test('an image that cannot be read is told, and the others go on', async () => {
    const text = file('text.jpg', 'not an image at all');
    const broken = file('broken.jpg', readFileSync(samples.cat).subarray(0, 3000));
    const args = ['-i', 'missing.jpg', text, broken, samples.cat, '-w', samples.m0];
    const { code, stdout, stderr } = await run(args);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^error: .*missing\.jpg/),
      expect.stringMatching(/^error: .*text\.jpg is not an image/),
      expect.stringMatching(/^error: .*broken\.jpg is a damaged/),
    ]);
    expect(stdout).toMatch(/hartebeest/);
    const { images } = parsed<Report>(await run([...args, '--json']));
    expect(images.map(({ error, top }) => error?.code ?? top!.length)).toEqual(['hub', 'format', 'format', 5]);
  });
});

describe('run refuses', () => {
  const corrupt = () => {
    const bytes = readFileSync(samples.m0);
    return file('corrupt.safetensors', bytes.subarray(0, bytes.length - 1000));
  };
  test.each<[string, () => string[], string, RegExp]>([
    [
      'an unknown model',
      () => ['run', 'efficientvit_m9', '-i', 'x'],
      'model',
      /Unknown model "efficientvit_m9"\. Did you mean efficientvit_m\d/,
    ],
    [
      'weights of another variant',
      () => ['run', 'efficientvit_m5', '-i', 'x', '-w', samples.m0],
      'model',
      /efficientvit_m0/,
    ],
    ['missing weights', () => ['run', M0, '-i', 'x', '-w', './nowhere.safetensors'], 'hub', /nowhere\.safetensors/],
    ['a truncated checkpoint', () => ['run', M0, '-i', 'x', '-w', corrupt()], 'format', /corrupt\.safetensors/],
    ['a photograph as weights', () => ['run', M0, '-i', 'x', '-w', samples.cat], 'format', /chelsea\.jpg/],
    [
      'an image size that does not work',
      () => ['run', M0, '-i', 'x', '-w', 'random', '--img-size', '225'],
      'model',
      /225/,
    ],
    [
      'the network when it is switched off',
      () => ['run', M0, '-i', 'x', '--local-files-only', '--cache-dir', join(folder, 'empty')],
      'hub',
      /localFilesOnly|cache/,
    ],
    [
      'a namesake',
      () => ['run', M0, '-i', 'x', '-w', 'hf:timm/efficientvit_b0.r224_in1k'],
      'model',
      /another network of the same name/,
    ],
  ])('%s', async (_what, args, code, message) => {
    const outcome = await paperzoo(args());
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 1, stdout: '' });
    expect(outcome.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(outcome.stderr).toMatch(message);
    const json = await paperzoo([...args(), '--json']);
    expect(json.code).toBe(1);
    expect(parsed<Report>(json).error).toMatchObject({ code, message: expect.stringMatching(/\w/) });
  });
});

describe('run with a hub', () => {
  let hub: Hub | undefined;
  afterEach(async () => {
    await hub?.close();
    hub = undefined;
  });

  test('loads the published weights once, and from the cache afterwards', async () => {
    hub = await startHub({ [FILE]: readFileSync(samples.m0) });
    const args = ['-i', samples.cat, '--endpoint', hub.url, '--cache-dir', join(folder, 'cache'), '--json'];
    const first = await run(args);
    expect(indices(first)).toEqual([TOP]);
    expect(parsed<Report>(first).weights).toBe('hf:timm/efficientvit_m0.r224_in1k');
    expect(indices(await run([...args, '--local-files-only']))).toEqual([TOP]);
    expect(hub.requests.filter((path) => path === FILE)).toHaveLength(1);
  });

  test('takes the endpoint from $HF_ENDPOINT, another repository and a revision', async () => {
    const path = '/me/mine/resolve/v2/model.safetensors';
    hub = await startHub({ [path]: readFileSync(samples.m0) });
    const env = { HF_ENDPOINT: hub.url, XDG_CACHE_HOME: join(folder, 'xdg'), HF_TOKEN: 'never sent in the clear' };
    const args = ['run', M0, '-i', samples.cat, '-w', 'hf:me/mine', '--revision', 'v2', '--json'];
    expect(indices(await paperzoo(args, { env }))).toEqual([TOP]);
    expect(hub.requests).toContain(path);
    expect(readdirSync(join(folder, 'xdg')).length).toBeGreaterThan(0);
  });

  test.each<[string, Parameters<typeof startHub>[0], string, RegExp]>([
    [
      'a page instead of weights',
      { [FILE]: Buffer.from('<!doctype html><html><body>Log in</body></html>') },
      'format',
      /HTML/i,
    ],
    ['a 404', {}, 'hub', /404|not (there|found)|nothing/i],
  ])('%s is an error of two lines, and nothing is kept', async (_what, answers, code, message) => {
    hub = await startHub(answers);
    const cache = join(folder, `cache-${code}`);
    const args = ['-i', samples.cat, '--endpoint', hub.url, '--cache-dir', cache];
    const outcome = await run(args);
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr.match(/^error:/gm)).toHaveLength(1);
    expect(parsed<Report>(await run([...args, '--json'])).error).toMatchObject({ code });
    expect(filesBelow(cache)).toEqual([]);
  });

  test('Ctrl-C stops a download; nothing half-written stays', async () => {
    const bytes = readFileSync(samples.m0);
    hub = await startHub({
      [FILE]: (response) => {
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 1_500_000));
      },
    });
    const cache = join(folder, 'aborted');
    const args = ['run', M0, '-i', samples.cat, '--endpoint', hub.url, '--cache-dir', cache];
    const { code, stdout, stderr } = await paperzoo(args, { interruptAt: /: \d+ %/ });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('Interrupted.');
    expect(filesBelow(cache)).toEqual([]);
  });
});

function filesBelow(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
