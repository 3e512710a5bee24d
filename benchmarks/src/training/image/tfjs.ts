import type * as Tf from '@tensorflow/tfjs-core';
import type { Initials, Trainer } from '../problem';
import { fastProduct, tfjsTrainer, type Tfjs, type Variables } from '../tfjs-adam';
import { SIZES, type ImageProblem } from './problem';

type Tensor = Tf.Tensor;
const { side, classes, channels } = SIZES;

/**
 * The network in tfjs, channels last. Its WASM back-end has no gradient of a convolution's weights, so `convolution` brings one that is made of
 * its fast kernels: gathered patches times gradients, and a convolution with the turned weights for the input.
 */
export const tfjsImage = ({ batch, initials, images, labels }: ImageProblem): Promise<Trainer> =>
  tfjsTrainer(channelsLast(initials), (tf, params) => {
    const x = tf.tensor4d(images, [batch, side, side, 1]);
    const targets = tf.tensor1d(labels, 'int32');
    const loss = () => imageLoss(tf, params, x, targets);
    return { loss, dispose: () => tf.dispose([x, targets]) };
  });

function imageLoss(tf: Tfjs, params: Variables, x: Tf.Tensor4D, targets: Tf.Tensor1D): Tf.Scalar {
  const [batch] = x.shape;
  const of = (layer: string) => [params[`${layer}.weight`]!, params[`${layer}.bias`]!] as const;
  const product = fastProduct(tf);
  const linear = (input: Tensor, w: Tensor, b: Tensor) => tf.add(product(input, w), b);
  const conv = convolution(tf);
  const pool = (input: Tensor, size: number, width: number) =>
    tf.max(tf.reshape(input, [batch, size / 2, 2, size / 2, 2, width]), [2, 4]);
  const layer = (input: Tensor, name: string, size: number, width: number) => {
    const [w, b] = of(name);
    return pool(tf.relu(tf.add(conv(input, w), b)), size, width);
  };
  const first = layer(x, 'conv1', side, channels[1]);
  const second = layer(first, 'conv2', side / 2, channels[2]);
  const inner = tf.relu(linear(tf.reshape(second, [batch, -1]), ...of('fc1')));
  const hot = tf.cast(tf.oneHot(targets, classes), 'float32');
  const hits = tf.mul(tf.logSoftmax(linear(inner, ...of('fc2')), -1), hot);
  return tf.mul(tf.neg(tf.sum(hits)), 1 / batch);
}

/** 3 × 3 cross-correlation, stride 1, zeros around: x [B, H, W, C], w [3, 3, C, O]. */
const convolution = (tf: Tfjs) =>
  tf.customGrad((...given: (Tensor | Tf.GradSaveFunc)[]) => {
    const [x, w, save] = given as [Tf.Tensor4D, Tf.Tensor4D, Tf.GradSaveFunc];
    save([x, w]);
    return {
      value: tf.conv2d(x, w, 1, 'same'),
      gradFunc(dy: Tensor, saved: Tensor[]) {
        const [input, weight] = saved as [Tf.Tensor4D, Tf.Tensor4D];
        const turned = tf.transpose(tf.reverse(weight, [0, 1]), [0, 1, 3, 2]) as Tf.Tensor4D;
        // Nobody asks for the gradient of the pictures.
        const dx = input.shape[3] === 1 ? tf.zerosLike(input) : tf.conv2d(dy as Tf.Tensor4D, turned, 1, 'same');
        return [dx, weightGradient(tf, input, dy, weight.shape)];
      },
    };
  }) as unknown as (x: Tensor, w: Tensor) => Tensor;

function weightGradient(tf: Tfjs, x: Tf.Tensor4D, dy: Tensor, shape: Tf.Tensor4D['shape']): Tensor {
  const [B, H, W, C] = x.shape;
  const padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]); // prettier-ignore
  const shifted = Array.from({ length: 9 }, (_, i) => tf.slice(padded, [0, Math.floor(i / 3), i % 3, 0], [B, H, W, C]));
  const patches = tf.reshape(tf.concat(shifted, 3), [B * H * W, 9 * C]);
  return tf.reshape(tf.matMul(tf.transpose(patches), tf.reshape(dy, [B * H * W, -1])), shape);
}

/** Weights as tfjs keeps them: convolutions [y, x, in, out], matrices [in, out], and the first matrix' rows in the order of its picture. */
const channelsLast = (initials: Initials): Initials =>
  Object.fromEntries(
    Object.entries(initials).map(([name, { shape, data }]) => {
      if (shape.length === 1) return [name, { shape, data }];
      const [out, inputs] = shape as readonly [number, number];
      if (name === 'fc1.weight') {
        const area = (side / 4) ** 2;
        return [name, { shape: [inputs, out], data: permuted(data, [out, channels[2], area], [2, 1, 0]) }];
      }
      const order = shape.length === 4 ? [2, 3, 1, 0] : [1, 0];
      return [name, { shape: order.map((axis) => shape[axis]!), data: permuted(data, shape, order) }];
    }),
  );

/** The elements of an array whose axes are taken in another order. */
function permuted(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = order.map((axis) => shape[axis]!);
  return data.map((_, n) => {
    let [rest, from] = [n, 0];
    for (let axis = order.length - 1; axis >= 0; axis--) {
      from += (rest % sizes[axis]!) * strides[order[axis]!]!;
      rest = Math.floor(rest / sizes[axis]!);
    }
    return data[from]!;
  });
}
