import { join } from 'node:path';
import { ROOT } from './cli';

const plugin = join(ROOT, 'plugins/efficientvit');

/** The repository's sample images and the untrained checkpoint of upstream's fixtures. */
export const samples = {
  cat: join(plugin, 'samples/chelsea.jpg'),
  rocket: join(plugin, 'samples/rocket.jpg'),
  /** One of Fashion-MNIST's images for testing. */
  boot: join(ROOT, 'packages/weights-efficientvit-fashion-mnist/samples/ankle-boot.png'),
  m0: join(plugin, 'test/fixtures/checkpoint/efficientvit_m0.f16.safetensors'),
} as const;
