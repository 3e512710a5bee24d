import { readFile } from 'node:fs/promises';
import type { Zoo } from '@paperzoo/core';
import type { ImageModel } from '@paperzoo/efficientvit';
import { writeSafetensors, type WritableTensor } from '@paperzoo/hub';
import type { Module } from '@paperzoo/nn';
import { sampleCheckpoint } from '../figures/sample';
import { noise } from './noise';

export type Network = ImageModel<Module>;

/**
 * Loads a model: M0 from the checkpoint of the plugin's fixtures, all others with weights that are the same on every run and machine. A fresh
 * network's residual branches end in a scale of 0, which would hide every mistake: norms get statistics of their own.
 */
export async function loadNetwork(zoo: Zoo, name: string): Promise<Network> {
  if (name === 'efficientvit_m0') {
    const sample = await sampleCheckpoint().then(
      (path) => readFile(path),
      () => undefined,
    );
    if (sample) return zoo.load<Network>(name, { weights: sample });
  }
  const fresh = await zoo.load<Network>(name, { weights: false });
  const state = await fresh.stateDict();
  fresh.dispose();
  let seed = 0;
  const entries = [...state].map(([key, { shape, dtype, ...tensor }]): [string, WritableTensor] => {
    if (dtype !== 'F32') return [key, { shape, dtype: dtype as 'I64', bytes: tensor.bytes }];
    seed++;
    return [key, { shape, data: liven(key, state.has(key.replace(/[^.]+$/, 'running_var')), tensor.toF32(), seed) }];
  });
  return zoo.load<Network>(name, { weights: writeSafetensors(entries) });
}

function liven(key: string, ofNorm: boolean, values: Float32Array, seed: number): Float32Array {
  const leaf = key.split('.').at(-1);
  const around = (centre: number, spread: number) => noise(values.length, seed, spread).map((v) => centre + v);
  if (leaf === 'running_var') return around(1, 0.2);
  if (leaf === 'running_mean') return around(0, 0.1);
  if (leaf === 'attention_biases') return around(0, 1);
  if (!ofNorm) return values;
  return leaf === 'weight' ? around(values[0] === 0 ? 0.4 : 1, 0.1) : around(0, 0.1);
}
