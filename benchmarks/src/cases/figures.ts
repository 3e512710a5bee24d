import { bundleSize } from '../figures/bundle';
import { coldStart } from '../figures/cold-start';
import { peakMemory } from '../figures/memory';
import type { FigureCase } from './case';

const size = (id: string, title: string, imports: readonly string[]): FigureCase => ({
  ...{ kind: 'figure', group: 'size', unit: 'kB', quick: true },
  ...{ id, title },
  figure: () => bundleSize(imports),
});

/** Start-up, sizes and memory: no races, measured from the built packages. */
export const figureCases: readonly FigureCase[] = [
  {
    ...{ kind: 'figure', id: 'cold-start', group: 'start', unit: 'ms', quick: true },
    title: 'import, createZoo, first M0 answer',
    figure: coldStart,
  },
  size('size-core', '@paperzoo/core', ['@paperzoo/core']),
  size('size-core-wasm', 'core + device-wasm, all kernels', ['@paperzoo/core', '@paperzoo/device-wasm']),
  size('size-efficientvit', 'core + device-wasm + efficientvit, with hub and nn', [
    '@paperzoo/core',
    '@paperzoo/device-wasm',
    '@paperzoo/efficientvit',
  ]),
  {
    ...{ kind: 'figure', id: 'memory-m0', group: 'memory', unit: 'MB', quick: true },
    title: 'linear memory of M0 inference, weights included',
    figure: peakMemory,
  },
];
