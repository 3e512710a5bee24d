import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import proto, { type onnx } from 'onnx-proto';
import { noise } from '../cases/noise';
import { Unavailable } from '../peers/contestant';

const FILE = 'fixtures/efficientvit-m0.pytorch.onnx.br';

/**
 * EfficientViT-M0 as `torch.onnx.export` of PyTorch 1.13 writes timm's (opset 16, constants folded, batch 1). The repository keeps its graph without
 * the weights; they are drawn here, of a size that keeps activations ordinary. For its speed alone: its answers mean nothing.
 */
export async function pytorchModel(): Promise<Uint8Array> {
  const root = dirname(createRequire(import.meta.url).resolve('@paperzoo/benchmarks/package.json'));
  const packed = await readFile(join(root, FILE)).catch(() => {
    throw new Unavailable(`${FILE} is not there: it comes with the repository`);
  });
  const model = proto.onnx.ModelProto.decode(brotliDecompressSync(packed));
  for (const [seed, tensor] of (model.graph?.initializer ?? []).entries()) {
    if (tensor.dataType === proto.onnx.TensorProto.DataType.FLOAT && !tensor.rawData?.length) fill(tensor, seed + 1);
  }
  return proto.onnx.ModelProto.encode(model).finish();
}

/** Uniform values that let a layer's output vary as much as its input; vectors are positive, since one of them is a variance. */
function fill(tensor: onnx.ITensorProto, seed: number): void {
  const dims = (tensor.dims ?? []).map(Number);
  const fanIn = dims.slice(1).reduce((a, b) => a * b, 1);
  const [centre, spread] = dims.length > 1 ? [0, Math.sqrt(1.5 / fanIn)] : [0.1, 0.05];
  const size = dims.reduce((a, b) => a * b, 1);
  const values = noise(size, seed, spread).map((value) => centre + value);
  tensor.rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
