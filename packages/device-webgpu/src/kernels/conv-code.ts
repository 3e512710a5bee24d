// What every convolution's WGSL shares: its geometry as parameters, and how an index into a kernel or a map is taken apart.
import type { ConvGeometry } from '@paperzoo/core';

export const CONV_PARAMS = [
  ...['inC', 'inH', 'inW', 'outC', 'outH', 'outW', 'taps', 'kW'],
  ...['sY', 'sX', 'pY', 'pX', 'dY', 'dX', 'cIn', 'cOut'],
];

export const convValues = (g: ConvGeometry): number[] => [
  ...[g.inC, g.inH, g.inW, g.outC, g.outH, g.outW, g.kH * g.kW, g.kW],
  ...[g.strideY, g.strideX, g.padY, g.padX, g.dilationY, g.dilationX, g.inC / g.groups, g.outC / g.groups],
];

/** Declares row `y` and column `x` of the input that output (oy, ox) sees through `tap`; below the map they wrap to huge numbers. */
export const seen = (oy: string, ox: string, tap: string): string =>
  `let y = ${oy} * p.sY + (${tap} / p.kW) * p.dY - p.pY; let x = ${ox} * p.sX + (${tap} % p.kW) * p.dX - p.pX;`;

/** Declares output row `oy` and column `ox` whose `tap` is at input (y, x), and `hit`, whether there is one. */
export const seeing = (y: string, x: string, tap: string): string =>
  `let ty = ${y} + p.pY - (${tap} / p.kW) * p.dY; let tx = ${x} + p.pX - (${tap} % p.kW) * p.dX;
  let oy = ty / p.sY; let ox = tx / p.sX;
  let hit = ty % p.sY == 0u && tx % p.sX == 0u && oy < p.outH && ox < p.outW;`;

export const isPointwise = (g: ConvGeometry): boolean =>
  g.kH * g.kW === 1 && g.groups === 1 && g.strideY === 1 && g.strideX === 1 && g.padY === 0 && g.padX === 0;
