import { noise } from '../../cases/noise';
import type { Initials } from '../problem';

/** Handwritten digits' sizes: 28 × 28, one channel, ten classes. */
export const SIZES = { side: 28, classes: 10, channels: [1, 32, 64], hidden: 128 } as const;

export interface ImageProblem {
  readonly batch: number;
  readonly initials: Initials;
  /** [batch, 1, side, side]. */
  readonly images: Float32Array<ArrayBuffer>;
  /** [batch]. */
  readonly labels: Int32Array<ArrayBuffer>;
}

/** Made-up pictures: each class is a bar at a place of its own, in noise. */
export function pictures(batch: number): Pick<ImageProblem, 'images' | 'labels'> {
  const { side, classes } = SIZES;
  const images = new Float32Array(new ArrayBuffer(4 * batch * side * side));
  images.set(noise(images.length, 7, 0.3));
  const labels = new Int32Array(new ArrayBuffer(4 * batch));
  for (let b = 0; b < batch; b++) {
    const label = (b * 7) % classes;
    labels[b] = label;
    for (let x = 4; x < 24; x++) images[(b * side + 4 + 2 * label) * side + x]! += 1;
  }
  return { images, labels };
}
