import type { ConvGeometry } from '@paperzoo/core';

export interface ConvAttrs {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

/** A matrix product per pixel. */
export const isPointwise = (g: ConvGeometry): boolean =>
  g.kH * g.kW === 1 && g.groups === 1 && g.strideY === 1 && g.strideX === 1 && g.padY === 0 && g.padX === 0;

/** One kernel per channel. */
export const isDepthwise = (g: ConvGeometry): boolean => g.groups === g.inC && g.outC === g.inC;
