import type { Tensor } from '@paperzoo/core';

/** Channels-last maps of even size [B, H, W, D] → token sequences [B · 4, H · W / 4, D], one per place in a 2×2 patch. */
export function unfoldPatches(x: Tensor): Tensor {
  const [batch, height, width, dim] = x.shape as readonly [number, number, number, number];
  return x
    .reshape([batch, height / 2, 2, width / 2, 2, dim])
    .permute([0, 2, 4, 1, 3, 5])
    .reshape([batch * 4, (height * width) / 4, dim]);
}

/** The inverse of `unfoldPatches`, for maps of `height` by `width`. */
export function foldPatches(tokens: Tensor, [height, width]: readonly [height: number, width: number]): Tensor {
  const [sequences, , dim] = tokens.shape as readonly [number, number, number];
  const batch = sequences / 4;
  return tokens
    .reshape([batch, 2, 2, height / 2, width / 2, dim])
    .permute([0, 3, 1, 4, 2, 5])
    .reshape([batch, height, width, dim]);
}
