import { cropImage, decodeImage } from '@paperzoo/hub';
import { hostTensor, type HostTensor } from '@paperzoo/nn';
import type { EfficientViTModel } from '../../src/load/efficientvit';
import { loadEfficientViTState } from '../../src/load/efficientvit-state';
import { EfficientViT } from '../../src/models/efficientvit';
import { timmKeys } from '../../src/models/efficientvit-keys';
import { resizeBiasTable } from '../../src/models/resize-bias';
import { compare, truth, type Check } from '../harness/check';
import { det } from '../harness/det';
import type { Runner } from '../harness/runner';
import type { StoredTensor } from '../harness/safetensors';
import { check } from './modules';
import { configOf } from './models';

const host = ({ shape, values }: StoredTensor): HostTensor => hostTensor(shape, values as Float32Array);

/** A classification checkpoint's bias tables, taken into the detection backbone, whose windows are always 7×7. */
const biasCheckpoint: Runner = async ({ fixtures }, entry) => {
  const module = new EfficientViT({ ...configOf(entry.hparams), imgSize: null }).initialize();
  const state = await module.stateDict();
  for (const [key, weight] of fixtures.weights(entry)) state.set(key, host(weight));
  loadEfficientViTState(module, state, { model: entry.name, resizeBias: true });
  const loaded = await module.stateDict();
  // The outputs carry Cream's names; renaming keeps their order.
  const outputs = Object.keys(entry.outputs);
  const keys = [...timmKeys(new Map(outputs.map((output) => [output, hostTensor([0], new Float32Array(0))]))).keys()];
  const checks = outputs.map((output, i) => {
    const { shape, toF32 } = loaded.get(keys[i]!)!;
    return check(fixtures, entry, output, shape, toF32());
  });
  module.dispose();
  return checks;
};

const biasTables: Runner = async ({ fixtures }, entry) =>
  Object.entries(entry.outputs).map(([output, expected]) => {
    const [from, to] = output.split('to').map(Number) as [number, number];
    const recipe = expected.source!.det;
    const resized = resizeBiasTable(det(recipe), recipe[1][0]!, from, to);
    return compare(output, resized, fixtures.tensor(entry.file, expected.tensor).values, expected);
  });

/** From the file of a photograph and a half-precision checkpoint to five named classes, through the public interface. */
const photo: Runner = async ({ zoo, fixtures }, entry) => {
  const file = fixtures.bytes(`samples/${String(entry.hparams.photo).split('/').at(-1)}`);
  const weights = fixtures.bytes('checkpoint/efficientvit_m0.f16.safetensors');
  const model = await zoo.load<EfficientViTModel>('efficientvit_m0', { weights });
  const checks: Check[] = [];
  const image = await decodeImage(file);
  checks.push(check(fixtures, entry, 'u8_crop', [224, 224, 3], cropImage(image).data));
  const x = await model.preprocess(file);
  checks.push(check(fixtures, entry, 'x', x.shape.slice(1), await x.data()));
  const stages = model.features(x);
  const pooled = stages[2]!.mean([2, 3]);
  const logits = model.forward(x);
  for (const [output, tensor] of Object.entries({
    'stages.0': stages[0]!,
    'stages.1': stages[1]!,
    'stages.2': stages[2]!,
    global_pool: pooled,
    logits,
  })) {
    checks.push(check(fixtures, entry, output, tensor.shape, await tensor.data()));
  }
  const embedded = zoo.scope(() => model.module.patch_embed(x));
  checks.push(check(fixtures, entry, 'patch_embed', embedded.shape, await embedded.data()));
  const answers = await model.classify(file);
  for (const [i, expected] of entry.top5!.entries()) {
    const { index, wnid, score, logit } = answers[i]!;
    checks.push(truth(`top5[${i}]`, index === expected.index && wnid === expected.wnid, `${index} ${wnid}`));
    checks.push(compare(`top5[${i}].prob`, [score], [expected.prob], { rtol: 1e-3 }));
    checks.push(compare(`top5[${i}].logit`, [logit], [expected.logit], entry.outputs.logits!));
  }
  for (const owner of [x, ...stages, pooled, logits, embedded, model]) owner.dispose();
  return checks;
};

/** Cases of what happens around the network: files, tables, pixels, labels. */
export const loadingCases: Readonly<Record<string, Runner>> = {
  bias_resize: biasTables,
  bias_resize_checkpoint: biasCheckpoint,
  photo_chelsea: photo,
  photo_rocket: photo,
};
