import { AttrError, type Tensor, type Zoo } from '@paperzoo/core';

export interface MixupTargetOptions {
  /** Weight of a sample's own class; the rest goes to the class of the sample at the mirrored place in the batch. Default 1. */
  readonly lambda?: number;
  /** Share of each distribution that is spread over all classes. Default 0. */
  readonly smoothing?: number;
}

/**
 * Target distributions [N, classes] f32 of a batch that was mixed with its own reversal (timm's `mixup_target`).
 * @throws AttrError for a label outside the classes
 */
export function mixupTargets(
  zoo: Zoo,
  labels: ArrayLike<number>,
  classes: number,
  { lambda = 1, smoothing = 0 }: MixupTargetOptions = {},
): Tensor {
  const rows = labels.length;
  const values = new Float32Array(rows * classes).fill(smoothing / classes);
  for (let row = 0; row < rows; row++) {
    const [own, partner] = [labels[row]!, labels[rows - 1 - row]!];
    if (!Number.isInteger(own) || own < 0 || own >= classes) {
      throw new AttrError(`mixupTargets: label ${own} of row ${row} is not one of ${classes} classes.`, {
        argument: 'labels',
        expected: `0 to ${classes - 1}`,
        got: own,
      });
    }
    values[row * classes + own]! += (1 - smoothing) * lambda;
    values[row * classes + partner]! += (1 - smoothing) * (1 - lambda);
  }
  return zoo.tensor(values, { shape: [rows, classes] });
}
