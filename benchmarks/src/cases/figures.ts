import { bundleSize } from '../figures/bundle';
import { decodingGrowth, trainingGrowth } from '../figures/gla-memory';
import { coldStart } from '../figures/cold-start';
import { peakMemory } from '../figures/memory';
import type { FigureCase } from './case';

const size = (id: string, title: string, imports: readonly string[]): FigureCase => ({
  ...{ kind: 'figure', group: 'size', unit: 'kB', quick: true },
  ...{ id, title },
  figure: () => bundleSize(imports),
});

const growth = (id: string, title: string, definition: string, figure: FigureCase['figure']): FigureCase => ({
  ...{ kind: 'figure', group: 'memory', unit: 'bytes', quick: true, plugin: '@paperzoo/gla' },
  ...{ id, title, definition, figure },
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
  growth(
    'gla-memory-training',
    'growth of memory over 1,000 training steps of a GLA model',
    'Bytes of tensors plus linear memory after the thousandth step less those after the tenth, by zoo.memory(), which counts exactly: forward, gradients, clipping and AdamW of a model of 2 layers, in a fresh process.',
    trainingGrowth,
  ),
  growth(
    'gla-memory-decoding',
    'growth of memory over 1,000 generated tokens of a GLA model',
    'As for training, after the thousandth token that model.generate gave less after the tenth.',
    decodingGrowth,
  ),
];
