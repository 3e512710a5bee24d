import { parseSafetensors } from '@paperzoo/hub';
import type { HostTensor } from '@paperzoo/nn';
import { loadEfficientViTState } from '../../src/load/efficientvit-state';
import { EfficientViT } from '../../src/models/efficientvit';
import { fuseEfficientViT } from '../../src/models/fused';
import { truth } from '../harness/check';
import type { Env, OwnRunner } from '../harness/runner';
import { TINY } from '../tiny';

const checkpoint = ({ fixtures }: Env, layout: 'timm' | 'cream') =>
  parseSafetensors(fixtures.bytes(`checkpoint/tiny_${layout}.f32.safetensors`), { file: layout });

/** Logits of the tiny model with a checkpoint's values, computed by the inference graph. */
export async function tinyLogits(zoo: Env['zoo'], state: ReadonlyMap<string, HostTensor>): Promise<Float32Array> {
  const module = new EfficientViT(TINY);
  loadEfficientViTState(module, state, { model: 'tiny' });
  const fused = await fuseEfficientViT(zoo, module);
  const wave = Float32Array.from({ length: 3 * 112 * 112 }, (_, i) => Math.sin(i / 50));
  const x = zoo.tensor(wave, { shape: [1, 3, 112, 112] });
  const y = fused.forward(x);
  const values = (await y.data()) as Float32Array;
  for (const owned of [x, y, fused, module]) owned.dispose();
  return values;
}

/** Both published key layouts, and what a device gives back, hold the same model in every bit. */
const roundTrip: OwnRunner = async (env) => {
  const { zoo } = env;
  const timm = checkpoint(env, 'timm');
  const module = new EfficientViT(TINY);
  loadEfficientViTState(module, timm, { model: 'tiny' });
  const x = zoo.ones([1, 3, 112, 112]);
  // The values go to the device at the first call.
  zoo.scope(() => module(x)).dispose();
  const back = await module.stateDict();
  const other = [...timm].filter(([key, { shape, dtype, toF32 }]) => {
    if (dtype === 'I64') return false;
    const kept = back.get(key);
    const [mine, theirs] = [kept?.toF32(), toF32.call(timm.get(key)!)];
    return kept?.shape.join() !== shape.join() || !mine?.every((value, i) => value === theirs[i]);
  });
  const expected = await tinyLogits(zoo, timm);
  const equal = async (state: ReadonlyMap<string, HostTensor>) =>
    (await tinyLogits(zoo, state)).every((value, i) => value === expected[i]);
  const checks = [
    truth('keys', back.size === timm.size, `${back.size} keys instead of ${timm.size}`),
    truth('values', other.length === 0, `changed: ${other.map(([key]) => key).join(', ')}`),
    truth('after a round trip', await equal(back), 'other logits'),
    truth('the other layout', await equal(checkpoint(env, 'cream')), 'other logits'),
  ];
  x.dispose();
  module.dispose();
  return checks;
};

export const stateCases: Readonly<Record<string, OwnRunner>> = { 'state dict': roundTrip };
