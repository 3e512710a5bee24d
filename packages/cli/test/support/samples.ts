import { join } from 'node:path';
import { ROOT } from './cli';

const folder = join(ROOT, 'plugins/efficientvit/samples');

/** The repository's photographs and its untrained checkpoint. */
export const samples = {
  cat: join(folder, 'chelsea.jpg'),
  rocket: join(folder, 'rocket.jpg'),
  m0: join(folder, 'efficientvit_m0.f16.safetensors'),
} as const;
