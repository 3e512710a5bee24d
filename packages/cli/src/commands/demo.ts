import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error';
import type { CommonOptions, Context } from '../context';
import { loadPlugins } from '../plugins/load-plugins';
import { repositoryRoot } from '../plugins/repository';
import { milliseconds } from '../terminal/numbers';
import { wrapText } from '../terminal/wrap';
import { makeZoo } from '../zoo';
import { findCard } from './find-card';
import { asClassifier, classesOf } from './image-model';
import { loadModel } from './load-model';
import { classifyAll } from './run';
import { runBench } from './run-bench';
import { writeBench } from './write-bench';
import { writeClasses, writeScores } from './write-scores';

const MODEL = 'efficientvit_m0.fashion_mnist';
const SAMPLES = 'packages/weights-efficientvit-fashion-mnist/samples';
const IMAGES = ['ankle-boot.png', 'dress.png', 'bag.png'];
const HOW_TO_GO_ON =
  'For photographs take the published weights, which the hub has: npm start -- run efficientvit_m0 FILE';

/** `paperzoo demo`: weights that the repository trained, on images that they were not trained on; then the quick suite. */
export async function demo(context: Context, options: CommonOptions): Promise<number> {
  const { terminal } = context;
  const samples = sampleFolder();
  const { found } = await loadPlugins(context, options);
  const { card } = findCard(found, MODEL);
  const start = performance.now();
  const zoo = await makeZoo(context, found, { device: 'wasm' });
  let answers;
  try {
    using model = asClassifier(await loadModel(context, zoo, card, {}));
    const loadMs = performance.now() - start;
    answers = await classifyAll(context, model, IMAGES.map((image) => join(samples, image)), 3); // prettier-ignore
    if (!terminal.json) {
      terminal.write(`${card.name} on ${zoo.device.name}, ready in ${milliseconds(loadMs)}`);
      writeClasses(terminal, classesOf(model) ?? []);
      for (const answer of answers) writeScores(terminal, answer);
      terminal.write();
      for (const line of wrapText(HOW_TO_GO_ON, Math.min(terminal.width, 80))) terminal.write(line);
      terminal.write();
      terminal.write('Now the quick benchmark suite (Ctrl-C stops it):');
    }
  } finally {
    await zoo.dispose();
  }
  const outcome = await runBench(context, { suite: 'quick' });
  terminal.result({ model: card.name, images: answers, bench: { ...outcome.result, files: outcome.files } }, () =>
    writeBench(terminal, outcome),
  );
  return answers.some((answer) => 'error' in answer) ? 1 : 0;
}

function sampleFolder(): string {
  const root = repositoryRoot();
  const folder = root && join(root, SAMPLES);
  if (folder && existsSync(folder)) return folder;
  throw new CommandError('The demo needs the sample files of the paperzoo repository, which are not here.', {
    remedy: 'Clone the repository and run npm start, or try: paperzoo run efficientvit FILE',
  });
}
