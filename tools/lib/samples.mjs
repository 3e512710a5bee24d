import { join } from 'node:path';
import { ROOT } from './workspace.mjs';

const FOLDER = join(ROOT, 'plugins/efficientvit/samples');

/** The repository's photographs and its (untrained) checkpoint, which stand in for a reader's own. */
export const SAMPLES = {
  photo: join(FOLDER, 'chelsea.jpg'),
  checkpoint: join(FOLDER, 'efficientvit_m0.f16.safetensors'),
};

/** Addresses on the public hub and the local files that play them. */
export const HUB = {
  'https://huggingface.co/timm/efficientvit_m0.r224_in1k/resolve/main/model.safetensors': SAMPLES.checkpoint,
};
