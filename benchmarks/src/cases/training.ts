import { firstLine } from '../first-line';
import { Unavailable, type Absent, type Contestant } from '../peers/contestant';
import { trainingContestant } from '../training/contestant';
import type { Trainer } from '../training/problem';
import type { TimedCase } from './case';

/** Losses of the first steps; all but the last digit agree. */
const TOLERANCE = 1e-4;
/** A step of some libraries takes seconds: three rounds in one process, and no more warm-up than the compared steps and two further ones. */
const LONG = { profile: { warmupMs: 0, minRounds: 3, maxRounds: 12, budgetMs: 12_000 }, heats: 1 } as const;

const COMMON = {
  kind: 'timed',
  group: 'training',
  threads: 1,
  plugin: '@paperzoo/gla',
  tolerance: TOLERANCE,
} as const;

const GRAPHS = 'runs graphs and does not train';
const absent = ['onnxruntime-web', 'onnxruntime-node'].map((id) => ({
  id,
  label: id,
  threads: 1,
  unavailable: GRAPHS,
}));

/** Ours and whoever can express the same; what a library cannot is its reason. */
async function everybody(
  trainer: Trainer,
  peers: Readonly<Record<string, () => Promise<Trainer>>>,
): Promise<(Contestant | Absent)[]> {
  const all: (Contestant | Absent)[] = [trainingContestant('paperzoo', trainer)];
  for (const [id, open] of Object.entries(peers)) {
    try {
      all.push(trainingContestant(id, await open()));
    } catch (error) {
      const unavailable = error instanceof Unavailable ? firstLine(error) : `failed: ${firstLine(error)}`;
      all.push({ id, label: id, threads: 1, unavailable });
    }
  }
  return [...all, ...absent];
}

const languageCase = (batch: number, quick: boolean): TimedCase => ({
  ...COMMON,
  ...LONG,
  id: `gla-train-lm-b${batch}`,
  title: `training step, GLA language model, 2 layers, D 256, T 512, batch ${batch}`,
  definition:
    'Loss, gradients of every parameter and Adam of gla_tiny (1.85 M parameters, 256 tokens, 4 heads, K 32, V 64), the loss read back. The peers compute the same model from the same parameters in the chunked form with masked products, all chunks of 64 tokens at once (src/training/language): jax-js as one function under jit, tfjs with its own Adam and with products whose transposed copies are made first, because those are what it has fast kernels for. The losses of the first three steps are compared before anything is timed.',
  quick,
  async prepare() {
    const { ourLanguage } = await import('../training/language/ours');
    const { problem, trainer } = await ourLanguage(batch, 512);
    return everybody(trainer, {
      'tfjs-wasm': async () => (await import('../training/language/tfjs')).tfjsLanguage(problem),
      'jax-js': async () => (await import('../training/language/jax')).jaxLanguage(problem),
    });
  },
});

const imageCase: TimedCase = {
  ...COMMON,
  ...LONG,
  id: 'gla-train-cnn',
  title: 'training step, convolutional network of MNIST’s size, batch 64',
  definition:
    'Loss, gradients of every parameter and Adam of a network on 28 × 28 pictures: conv 3×3 to 32, relu, pool, conv 3×3 to 64, relu, pool, linear 128, relu, linear 10; 421,642 parameters. tfjs has no kernel for the gradient of a convolution’s weights on its WASM back-end, so it gets one made of its fast kernels; jax-js gets convolutions as products of gathered patches, which take a twentieth of the time of its own (src/training/image). The losses of the first three steps are compared before anything is timed.',
  quick: true,
  async prepare() {
    const { ourImage } = await import('../training/image/ours');
    const { problem, trainer } = await ourImage(64);
    return everybody(trainer, {
      'tfjs-wasm': async () => (await import('../training/image/tfjs')).tfjsImage(problem),
      'jax-js': async () => (await import('../training/image/jax')).jaxImage(problem),
    });
  },
};

/** Training steps beside other libraries'. The batch of one is the quick suite's stand-in for eight. */
export const trainingCases: readonly TimedCase[] = [languageCase(8, false), languageCase(1, true), imageCase];
