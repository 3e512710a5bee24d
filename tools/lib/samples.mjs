import { join } from 'node:path';
import { ROOT } from './workspace.mjs';

const PLUGIN = join(ROOT, 'plugins/efficientvit');

/** A photograph of the repository's and the untrained checkpoint of its fixtures, which stand in for a reader's own. */
export const SAMPLES = {
  photo: join(PLUGIN, 'samples/chelsea.jpg'),
  checkpoint: join(PLUGIN, 'test/fixtures/checkpoint/efficientvit_m0.f16.safetensors'),
};

/** Addresses on the public hub and the local files that play them. */
export const HUB = {
  'https://huggingface.co/timm/efficientvit_m0.r224_in1k/resolve/main/model.safetensors': SAMPLES.checkpoint,
};
