import type { Tensor } from '@paperzoo/core';

const padded = (n: number, window: number) => Math.ceil(n / window) * window;

/** Cuts maps [B, H, W, C] into windows [B · n, R, R, C], row by row, after padding right and bottom with zeros to a multiple of R. */
export function cutWindows(x: Tensor, window: number): Tensor {
  const [batch, height, width, channels] = x.shape as readonly [number, number, number, number];
  const [rows, columns] = [padded(height, window) / window, padded(width, window) / window];
  const [bottom, right] = [rows * window - height, columns * window - width];
  const full = bottom || right ? x.pad([0, 0, 0, right, 0, bottom]) : x;
  return full
    .reshape([batch, rows, window, columns, window, channels])
    .permute([0, 1, 3, 2, 4, 5])
    .reshape([batch * rows * columns, window, window, channels]);
}

/** Puts windows [B · n, R, R, C] back together to maps [B, H, W, C] and crops the padding. */
export function joinWindows(windows: Tensor, batch: number, height: number, width: number): Tensor {
  const [, window, , channels] = windows.shape as readonly [number, number, number, number];
  const [tall, wide] = [padded(height, window), padded(width, window)];
  const full = windows
    .reshape([batch, tall / window, wide / window, window, window, channels])
    .permute([0, 1, 3, 2, 4, 5])
    .reshape([batch, tall, wide, channels]);
  return full.slice(1, 0, height).slice(2, 0, width);
}
