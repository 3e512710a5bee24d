import type { Tensor } from '@paperzoo/core';
import { BatchNorm2d, Conv2d, Linear, Module, Sequential } from '../src/index';

/** A small network with every way of holding a child: property, array, sequence. */
export class Net extends Module {
  readonly stem = new Conv2d(3, 4, 3, { padding: 1, bias: false });
  readonly bn = new BatchNorm2d(4);
  readonly blocks = [new Conv2d(4, 4, 1), new Conv2d(4, 4, 1)];
  readonly tail = new Sequential((x) => x.relu(), new Conv2d(4, 2, 1));
  readonly fc = new Linear(2, 5);

  forward(x: Tensor): Tensor {
    const y = this.blocks.reduce((t, block) => block(t), this.bn(this.stem(x)));
    return this.fc(this.tail(y).mean([2, 3]));
  }
}
