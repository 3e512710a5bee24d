import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { foldConvBn, type HostTensor } from '@paperzoo/nn';
import proto, { type onnx } from 'onnx-proto';
import { Unavailable } from '../peers/contestant';

const FILE = 'fixtures/efficientvit-m0.pytorch.onnx.br';
const FLOAT = proto.onnx.TensorProto.DataType.FLOAT;
/** BatchNorm2d's default, which timm's network has everywhere. */
const EPS = 1e-5;

type State = ReadonlyMap<string, HostTensor>;

/**
 * EfficientViT-M0 as `torch.onnx.export` of PyTorch 1.13 writes timm's (opset 16, constants folded, batch 1), with the weights of `state`, under timm's
 * keys. The repository keeps the graph alone, of an untrained network: its many equal tensors were stored once and read through `Identity` nodes.
 * Trained weights have no equals, so here each layer has a tensor of its own again.
 */
export async function pytorchModel(state: State): Promise<Uint8Array> {
  const root = dirname(createRequire(import.meta.url).resolve('@paperzoo/benchmarks/package.json'));
  const packed = await readFile(join(root, FILE)).catch(() => {
    throw new Unavailable(`${FILE} is not there: it comes with the repository`);
  });
  const model = proto.onnx.ModelProto.decode(brotliDecompressSync(packed));
  const graph = model.graph!;
  const stored = new Map((graph.initializer ?? []).map((tensor) => [tensor.name!, tensor]));
  graph.node = (graph.node ?? []).filter(({ opType, input, output }) => {
    const shared = opType === 'Identity' && stored.get(input![0]!);
    if (shared) stored.set(output![0]!, { ...shared, name: output![0]! });
    return !shared;
  });
  const values = layerValues(graph.node, state);
  for (const [name, tensor] of stored) {
    if (tensor.dataType !== FLOAT) continue;
    const data = values.get(name) ?? state.get(name)?.toF32();
    const size = (tensor.dims ?? []).reduce<number>((product, dim) => product * Number(dim), 1);
    if (data?.length !== size) throw new Error(`${FILE}: ${name} needs ${size} values, got ${data?.length ?? 'none'}`);
    tensor.rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  graph.initializer = [...stored.values()];
  return proto.onnx.ModelProto.encode(model).finish();
}

/** Weights and biases of convolutions that stand before a norm, folded as the exporter does; a node's name is the path of its module. */
function layerValues(nodes: readonly onnx.INodeProto[], state: State): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  for (const { opType, name, input } of nodes) {
    const path = opType === 'Conv' && modulePath(name!);
    if (!path || !path.endsWith('.conv')) continue;
    const read = (key: string) => state.get(key)!.toF32();
    const bn = (leaf: string) => read(path.replace(/conv$/, `bn.${leaf}`));
    const { weight, bias } = foldConvBn(read(`${path}.weight`), undefined, {
      ...{ weight: bn('weight'), bias: bn('bias'), running_mean: bn('running_mean'), running_var: bn('running_var') },
      eps: EPS,
    });
    values.set(input![1]!, Float32Array.from(weight)).set(input![2]!, Float32Array.from(bias));
  }
  return values;
}

/** `/stages/stages.0/blocks/blocks.1/dw0/m/conv/Conv` → `stages.0.blocks.1.dw0.m.conv`: a list repeats its name before the index. */
const modulePath = (name: string): string =>
  name
    .split('/')
    .slice(1, -1)
    .filter((part, i, parts) => !parts[i + 1]?.startsWith(`${part}.`))
    .join('.');
