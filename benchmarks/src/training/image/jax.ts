import type { numpy } from '@jax-js/jax';
import { openJax } from '../../peers/jax';
import { jaxTrainer, type Arrays } from '../jax-adam';
import type { Trainer } from '../problem';
import { SIZES, type ImageProblem } from './problem';

type Tensor = numpy.Array;
const { side, classes, channels } = SIZES;

/**
 * The network in jax-js, channels last. Its own convolution is slow here (14 s a step), so each is a product of gathered patches with the
 * weights; pooling is a maximum over split axes.
 */
export async function jaxImage({ batch, initials, images, labels }: ImageProblem): Promise<Trainer> {
  const { numpy: np, nn } = await openJax(1);

  const linear = (x: Tensor, w: Tensor, b: Tensor) => np.matmul(x, np.matrixTranspose(w)).add(b);
  /** 3 × 3, stride 1, zeros around: x [batch, size, size, c], w [o, c, 3, 3]. */
  const conv = (x: Tensor, w: Tensor, b: Tensor, size: number, width: number) => {
    const padded = np.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]); // prettier-ignore
    const shifted = Array.from({ length: 9 }, (_, i) => {
      const [dy, dx] = [Math.floor(i / 3), i % 3];
      return padded.ref.slice([], [dy, dy + size], [dx, dx + size], []);
    });
    padded.dispose();
    const patches = np.concatenate(shifted, 3).reshape([batch * size * size, -1]);
    const matrix = np.transpose(w, [2, 3, 1, 0]).reshape([-1, width]);
    return np.matmul(patches, matrix).add(b).reshape([batch, size, size, width]);
  };
  const pool = (x: Tensor, size: number, width: number) =>
    np.max(x.reshape([batch, size / 2, 2, size / 2, 2, width]), [2, 4]);

  function loss(params: Arrays, { x, targets }: Arrays): Tensor {
    const of = (layer: string) => [params[`${layer}.weight`]!, params[`${layer}.bias`]!] as const;
    const first = pool(nn.relu(conv(x!, ...of('conv1'), side, channels[1])), side, channels[1]);
    const second = pool(nn.relu(conv(first, ...of('conv2'), side / 2, channels[2])), side / 2, channels[2]);
    const inner = nn.relu(linear(np.transpose(second, [0, 3, 1, 2]).reshape([batch, -1]), ...of('fc1')));
    const hits = nn.logSoftmax(linear(inner, ...of('fc2')), -1).mul(nn.oneHot(targets!, classes));
    return np.negative(np.sum(hits)).mul(1 / batch);
  }

  const given = { x: np.array(images).reshape([batch, side, side, 1]), targets: np.array(labels) };
  return jaxTrainer(initials, given, loss);
}
