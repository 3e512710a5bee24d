import { exportModel, inspectOnnx, type ExportOptions } from '@paperzoo/onnx';
import { pytorchModel } from '../onnx/pytorch-model';
import type { Absent, Contestant } from '../peers/contestant';
import { guard } from '../peers/guard';
import { ortWeb } from '../peers/ort-web';
import { openZoo } from '../peers/paperzoo';
import type { FigureCase, TimedCase } from './case';
import { exportNetwork, openNetwork } from './network';
import { picture } from './picture';
import { loadNetwork } from './weights';

const SIDE = 224;
const SHAPE = [1, 3, SIDE, SIDE];

/** onnxruntime-web on a file, under the name of who wrote it. */
function contestant(id: string, writer: string, make: () => Promise<Uint8Array>): Promise<Contestant | Absent> {
  const label = `onnxruntime-web, ${writer}`;
  return guard({ id, label }, 1, async () => {
    const onnx = await make();
    const session = await ortWeb.graph({ onnx, input: picture(1, SIDE), shape: SHAPE }, 1);
    return { ...session, id, label: `${label} (${sizeOf(onnx)})` };
  });
}

/** How many nodes a file has; with functions, their bodies too, less the constants, which elsewhere are no nodes. */
function sizeOf(onnx: Uint8Array): string {
  const { nodes, functions, operators } = inspectOnnx(onnx);
  if (functions.length === 0) return `${nodes} nodes`;
  const all = Object.values(operators).reduce((sum, count) => sum + count, 0) - (operators.Constant ?? 0);
  return `${nodes} nodes, ${all} with the bodies of ${functions.length} functions`;
}

/** One runtime on two files of one network: what the writer of a file is worth. */
export const exportCases: readonly (TimedCase | FigureCase)[] = [
  {
    kind: 'timed',
    id: 'onnx-m0',
    group: 'model',
    title: 'EfficientViT-M0 in onnxruntime-web: our file and PyTorch’s',
    definition:
      'onnxruntime-web on one image, the same weights: the file that exportModel writes, whose batch is open, the same with the plugin’s op as functions, the same with batch 1, and the file that torch.onnx.export of PyTorch 1.13 writes of timm’s network, with batch 1. Answers are compared.',
    threads: 1,
    quick: true,
    async prepare() {
      const { zoo, network } = await openNetwork('efficientvit_m0.r224_in1k', picture(1, SIDE), SHAPE, 1);
      try {
        const own = (options?: ExportOptions) => () => exportNetwork(network, SHAPE, options);
        const dynamic = { input: { 0: 'N' } };
        return [
          await contestant('our-file', 'our file', own({ dynamic })),
          await contestant('our-functions-file', 'our file, form functions', own({ dynamic, form: 'functions' })),
          await contestant('our-fixed-file', 'our file for one image', own()),
          await contestant('pytorch-file', 'PyTorch’s file', async () => pytorchModel(await network.stateDict())),
        ];
      } finally {
        await zoo.dispose();
      }
    },
  },
  {
    ...{ kind: 'figure', id: 'export-m5', group: 'model', unit: 'ms', quick: true },
    title: 'export of EfficientViT-M5',
    definition:
      'exportModel on a loaded EfficientViT-M5 with an open batch: tracing, folding, lowering and writing 50 MB of weights in memory. The least of three calls.',
    async figure() {
      const { default: efficientvit } = await import('@paperzoo/efficientvit');
      const zoo = await openZoo(1, [efficientvit]);
      try {
        const network = await loadNetwork(zoo, 'efficientvit_m5');
        let [value, bytes, nodes] = [Infinity, 0, 0];
        for (let i = 0; i < 3; i++) {
          const start = performance.now();
          const file = await exportModel(zoo, network);
          value = Math.min(value, performance.now() - start);
          [bytes, nodes] = [file.bytes.length, file.nodes];
        }
        return { value, details: { bytes, nodes } };
      } finally {
        await zoo.dispose();
      }
    },
  },
];
