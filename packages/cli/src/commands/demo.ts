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
import { asClassifier } from './image-model';
import { loadModel } from './load-model';
import { classifyAll } from './run';
import { runBench } from './run-bench';
import { writeBench } from './write-bench';
import { writeScores } from './write-scores';

const MODEL = 'efficientvit_m0';
const CHECKPOINT = 'efficientvit_m0.f16.safetensors';
const PHOTOS = ['chelsea.jpg', 'rocket.jpg'];
const UNTRAINED =
  'This checkpoint is untrained: its weights are random, so the labels below mean nothing. For real answers use the published weights: npm start -- run efficientvit_m0 --image FILE';

/** `paperzoo demo`: the repository's sample checkpoint on its sample photographs, then the quick suite. */
export async function demo(context: Context, options: CommonOptions): Promise<number> {
  const { terminal } = context;
  const samples = sampleFolder();
  const { found } = await loadPlugins(context, options);
  const { card } = findCard(found, MODEL);
  const start = performance.now();
  const zoo = await makeZoo(context, found, { device: 'wasm' });
  let answers;
  try {
    using model = asClassifier(await loadModel(context, zoo, card, { weights: join(samples, CHECKPOINT) }));
    const loadMs = performance.now() - start;
    answers = await classifyAll(context, model, PHOTOS.map((photo) => join(samples, photo)), 5); // prettier-ignore
    if (!terminal.json) {
      terminal.write(`${card.name} on ${zoo.device.name}, ready in ${milliseconds(loadMs)}`);
      for (const line of wrapText(UNTRAINED, Math.min(terminal.width, 80)))
        terminal.write(terminal.colors.yellow(line));
      for (const answer of answers) writeScores(terminal, answer);
      terminal.write();
      terminal.write('Now the quick benchmark suite (Ctrl-C stops it):');
    }
  } finally {
    await zoo.dispose();
  }
  const outcome = await runBench(context, { suite: 'quick' });
  terminal.result(
    { model: card.name, trained: false, images: answers, bench: { ...outcome.result, files: outcome.files } },
    () => writeBench(terminal, outcome),
  );
  return answers.some((answer) => 'error' in answer) ? 1 : 0;
}

function sampleFolder(): string {
  const root = repositoryRoot();
  const folder = root && join(root, 'plugins/efficientvit/samples');
  if (folder && existsSync(join(folder, CHECKPOINT))) return folder;
  throw new CommandError('The demo needs the sample files of the paperzoo repository, which are not here.', {
    remedy: 'Clone the repository and run npm start, or try: paperzoo run efficientvit_m0 --image FILE',
  });
}
