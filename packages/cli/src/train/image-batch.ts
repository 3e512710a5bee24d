import { preprocessImage, type RgbImage } from '@paperzoo/hub';
import type { Philox } from '@paperzoo/nn';
import type { LabelledImages } from './image-data';

/** Images as a classifier takes them, with their classes. */
export interface ImageBatch {
  readonly pixels: Float32Array;
  readonly shape: readonly number[];
  readonly labels: Int32Array;
}

/** Images at some places of a set, resized as `preprocessImage` does; with `random` each varies a little. */
export type TakeImages = (places: Uint32Array, random?: Philox) => ImageBatch;

const MOST_SHIFT = 2;

/** Batches of grey images of side × side pixels for a model that takes size × size. */
export const imageBatches =
  ({ pixels, labels }: LabelledImages, side: number, size: number): TakeImages =>
  (places, random) => {
    const draws = random?.uniform(3 * places.length);
    const images = Array.from(places, (place, i) =>
      rgb(pixels, place, side, draws ? variation(draws.subarray(3 * i, 3 * i + 3)) : AS_IT_IS),
    );
    const { data, shape } = preprocessImage(images, { size, cropPct: 1 });
    return { pixels: data, shape, labels: Int32Array.from(places, (place) => labels[place]!) };
  };

/** How a training image differs from the stored one. */
interface Variation {
  readonly mirrored: boolean;
  /** Pixels to the right and down. */
  readonly shift: readonly [number, number];
}

const AS_IT_IS: Variation = { mirrored: false, shift: [0, 0] };

/** Mirrored or not, and moved by up to two pixels either way, from three numbers in [0, 1). */
function variation(draws: ArrayLike<number>): Variation {
  const move = (draw: number) => Math.floor(draw * (2 * MOST_SHIFT + 1)) - MOST_SHIFT;
  return { mirrored: draws[0]! < 0.5, shift: [move(draws[1]!), move(draws[2]!)] };
}

/** A grey image as an RGB one; what a shift uncovers is black. */
function rgb(pixels: Uint8Array, place: number, side: number, { mirrored, shift: [right, down] }: Variation): RgbImage {
  const data = new Uint8Array(side * side * 3);
  for (let y = Math.max(0, down); y < Math.min(side, side + down); y++) {
    for (let x = Math.max(0, right); x < Math.min(side, side + right); x++) {
      const from = mirrored ? side - 1 - (x - right) : x - right;
      const value = pixels[(place * side + y - down) * side + from]!;
      data.fill(value, (y * side + x) * 3, (y * side + x) * 3 + 3);
    }
  }
  return { width: side, height: side, data };
}
