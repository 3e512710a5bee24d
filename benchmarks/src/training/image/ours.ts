import { crossEntropy, maxPool2d, relu, reshape, type Tensor } from '@paperzoo/core';
import { Conv2d, Linear, Module } from '@paperzoo/nn';
import { openZoo } from '../../peers/paperzoo';
import { initialsOf, ourTrainer } from '../ours';
import type { Trainer } from '../problem';
import { pictures, SIZES, type ImageProblem } from './problem';

const { side, classes, channels, hidden } = SIZES;

/** conv 3×3, relu, pool, conv 3×3, relu, pool, two linear layers. */
class DigitNet extends Module<[x: Tensor], Tensor> {
  readonly conv1 = new Conv2d(channels[0], channels[1], 3, { padding: 1 });
  readonly conv2 = new Conv2d(channels[1], channels[2], 3, { padding: 1 });
  readonly fc1 = new Linear(channels[2] * (side / 4) ** 2, hidden);
  readonly fc2 = new Linear(hidden, classes);

  forward(x: Tensor): Tensor {
    const first = maxPool2d(relu(this.conv1(x)), { kernelSize: 2 });
    const second = maxPool2d(relu(this.conv2(first)), { kernelSize: 2 });
    return this.fc2(relu(this.fc1(reshape(second, { shape: [x.shape[0]!, -1] }))));
  }
}

/** The problem for everybody, and our own run of it. */
export async function ourImage(batch: number): Promise<{ problem: ImageProblem; trainer: Trainer }> {
  const zoo = await openZoo(1);
  const module = new DigitNet().initialize({ seed: 1 });
  const { images, labels } = pictures(batch);
  const x = zoo.tensor(images, { shape: [batch, 1, side, side] });
  const targets = zoo.tensor(labels);
  const problem = { batch, initials: await initialsOf(module), images, labels };
  return { problem, trainer: ourTrainer(zoo, module, () => crossEntropy(module(x), targets)) };
}
