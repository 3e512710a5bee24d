import { join } from 'node:path';
import { ROOT } from './cli';

const folder = join(ROOT, 'plugins/efficientvit/samples');

/** The repository's sample images and its untrained checkpoint. */
export const samples = {
  cat: join(folder, 'chelsea.jpg'),
  rocket: join(folder, 'rocket.jpg'),
  /** One of Fashion-MNIST's images for testing. */
  boot: join(ROOT, 'packages/weights-efficientvit-fashion-mnist/samples/ankle-boot.png'),
  m0: join(folder, 'efficientvit_m0.f16.safetensors'),
} as const;
