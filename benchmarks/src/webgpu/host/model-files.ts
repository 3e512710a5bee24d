// What the page needs of a model: its weights for ours, the same as ONNX for onnxruntime. Made on the WASM device, from what the zoo itself exports.
import { isTensor, type Tensor, type Zoo } from '@paperzoo/core';
import type { GLALanguageModel } from '@paperzoo/gla';
import { writeSafetensors } from '@paperzoo/hub';
import type { HostTensor } from '@paperzoo/nn';
import { exportOnnx } from '@paperzoo/onnx';
import { exportNetwork } from '../../cases/network';
import { loadNetwork } from '../../cases/weights';
import { gemmModel } from '../../onnx/gemm-model';
import { openZoo } from '../../peers/paperzoo';
import { matricesOf } from '../page/inputs';
import type { Problem } from '../problem';

export interface ModelFiles {
  readonly weights: Uint8Array;
  readonly onnx: Uint8Array;
}

/** Makes the files of a problem's model; a product has no weights but those in its graph. */
export async function modelFiles(problem: Problem): Promise<ModelFiles> {
  if (problem.kind === 'gemm') {
    const { side, b } = matricesOf(problem.side);
    return { weights: new Uint8Array(), onnx: await gemmModel(side, side, side, b) };
  }
  const plugin = problem.kind === 'image' ? await import('@paperzoo/efficientvit') : await import('@paperzoo/gla');
  const zoo = await openZoo(1, [plugin.default]);
  try {
    return problem.kind === 'image' ? await network(zoo, problem) : await language(zoo, problem);
  } finally {
    await zoo.dispose();
  }
}

type Inference = Exclude<Problem, { kind: 'gemm' }>;

async function network(zoo: Zoo, { model, shape }: Inference): Promise<ModelFiles> {
  const loaded = await loadNetwork(zoo, model);
  return { weights: weightsFile(await loaded.stateDict()), onnx: await exportNetwork(loaded, shape) };
}

/** Logits alone: what a runtime does for the state it may leave out, and ours does not. */
async function language(zoo: Zoo, { model, shape }: Inference): Promise<ModelFiles> {
  const loaded = await zoo.load<GLALanguageModel>(model, { weights: false });
  const { prefill } = loaded.graphs();
  const logits = (ids: Tensor): Tensor => {
    const out = prefill.fn(ids);
    return isTensor(out) ? out : out[0]!;
  };
  const file = await exportOnnx(zoo, logits, [{ shape, dtype: 'i32' }], { form: 'contrib' });
  return { weights: weightsFile(await loaded.module.stateDict()), onnx: file.bytes };
}

const weightsFile = (state: ReadonlyMap<string, HostTensor>): Uint8Array =>
  writeSafetensors([...state].map(([key, { shape, dtype, bytes }]) => [key, { shape, dtype, bytes }] as const));
