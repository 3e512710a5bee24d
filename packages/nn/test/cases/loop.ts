import { BatchNorm2d, train, type CheckpointStore } from '../../src/index';
import { far, type NnCase } from './env';
import { collect, kinds, losses, setUp, thousandSteps } from './run';

const wave = (n: number, phase: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(1.7 * i + phase));

/** Biased variance in the result, unbiased in the running statistics, one batch counted. */
const batchNorm: NnCase = async ({ zoo }) => {
  const bn = new BatchNorm2d(3).initialize().train();
  const values = wave(2 * 3 * 4, 0.3);
  const x = zoo.tensor(values, { shape: [2, 3, 2, 2] });
  const y = zoo.scope(() => bn(x));
  const [got, state] = [await y.data(), await bn.stateDict()];
  const [outs, means, variances] = [[] as number[], [] as number[], [] as number[]];
  for (let c = 0; c < 3; c++) {
    const own = Array.from({ length: 8 }, (_, i) => values[(i >> 2) * 12 + c * 4 + (i & 3)]!);
    const mean = own.reduce((a, b) => a + b, 0) / 8;
    const biased = own.reduce((a, b) => a + (b - mean) ** 2, 0) / 8;
    outs.push((own[0]! - mean) / Math.sqrt(biased + 1e-5));
    means.push(0.1 * mean);
    variances.push(0.9 + (0.1 * biased * 8) / 7);
  }
  const wrong = [
    ...far('result', [got[0]!, got[4]!, got[8]!], outs, 5e-6),
    ...far('running_mean', state.get('running_mean')!.toF32(), means, 5e-7),
    ...far('running_var', state.get('running_var')!.toF32(), variances, 5e-7),
    ...far('batches', [bn.num_batches_tracked.value], [1], 0),
  ];
  for (const owned of [x, y, bn]) owned.dispose();
  return wrong;
};

/** Checkpoints that stay where they are made. */
function inMemory(): CheckpointStore {
  const kept = new Map<number, Parameters<CheckpointStore['save']>[1]>();
  return {
    save: async (step, snapshot) => {
      kept.set(step, snapshot);
      return `step ${step}`;
    },
    newest: async () => {
      const step = Math.max(...kept.keys());
      const found = kept.get(step);
      return found && { name: `step ${step}`, ...found };
    },
  };
}

/** The loss falls, and a run that was stopped and resumed equals an unbroken one in every bit. */
const resumed: NnCase = async ({ zoo }) => {
  const whole = setUp(zoo);
  const all = losses(await collect(train(whole.options)));
  const checkpoints = inMemory();
  const broken = setUp(zoo, { checkpoints, steps: 5 });
  const before = await collect(train(broken.options));
  const again = setUp(zoo, { checkpoints, resume: true });
  const after = await collect(train(again.options));
  const same = JSON.stringify(await again.weights()) === JSON.stringify(await whole.weights());
  for (const { end } of [whole, broken, again]) end();
  return [
    ...far('losses', [...losses(before), ...losses(after)], all, 0),
    ...(all.length === 12 && all.at(-1)! < all[0]! * 0.8 ? [] : [`the losses ${all.join()} do not fall`]),
    ...(kinds(before).at(-1) === 'checkpoint 5' ? [] : ['no checkpoint after step 5']),
    ...(kinds(after)[0] === 'resume 5' ? [] : ['it did not go on from step 5']),
    ...(same ? [] : ['other weights after going on']),
  ];
};

const flat: NnCase = async ({ zoo }) => {
  const figures = await thousandSteps(zoo);
  return figures.length === 1 ? [] : figures;
};

/** Training: statistics of batches, the loop, its memory. */
export const loopCases: Readonly<Record<string, NnCase>> = {
  'batch norm in train mode': batchNorm,
  'a run that was stopped and resumed equals an unbroken one in every bit': resumed,
  'memory is flat over a thousand steps': flat,
};
