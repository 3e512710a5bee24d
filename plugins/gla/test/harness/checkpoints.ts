import type { Zoo } from '@paperzoo/core';
import { writeSafetensors } from '@paperzoo/hub';
import { hostTensor } from '@paperzoo/nn';
import type { GLALanguageModel } from '../../src/index';
import { readConfig } from '../../src/load/read-config';
import { det } from './det';
import { fileBytes } from './files';
import { folderOf, type CheckpointFixture } from './fixtures';

/** A checkpoint's model: from its files, or from a file made of generated weights. */
export async function loadFixture(zoo: Zoo, { name, weights }: CheckpointFixture): Promise<GLALanguageModel> {
  if (!weights) return zoo.load<GLALanguageModel>('gla_340m', { weights: folderOf(name), cache: 'none' });
  const config = readConfig(fileBytes(`models/${name}/config.json`)).config;
  return zoo.load<GLALanguageModel>('gla_340m', { weights: generated(name, weights), config });
}

/** The bytes of a `model.safetensors` whose values are generated. */
export function generated(name: string, weights: NonNullable<CheckpointFixture['weights']>): Uint8Array {
  const entries = Object.entries(weights).map(([key, [shape, scale, offset]]) => {
    const values = det([`gla/pub/${name}/${key}`, shape, scale, offset]);
    return [key, hostTensor(shape, values)] as const;
  });
  return writeSafetensors(new Map(entries));
}
