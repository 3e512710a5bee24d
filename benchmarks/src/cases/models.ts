import type { Absent, Contestant } from '../peers/contestant';
import { guard } from '../peers/guard';
import { peers } from '../peers/index';
import type { TimedCase } from './case';
import { exportNetwork, openNetwork } from './network';
import { picture } from './picture';

interface Net {
  /** Registered name, and how it appears in ids. */
  readonly name: string;
  readonly id: string;
  readonly label: string;
  readonly side: number;
  readonly macs: number;
}

const NETS = {
  m0: { name: 'efficientvit_m0', id: 'efficientvit-m0', label: 'EfficientViT-M0', side: 224, macs: 79_193_600 },
  m2: { name: 'efficientvit_m2', id: 'efficientvit-m2', label: 'EfficientViT-M2', side: 224, macs: 201_035_712 },
  m5: { name: 'efficientvit_m5', id: 'efficientvit-m5', label: 'EfficientViT-M5', side: 224, macs: 521_583_104 },
  mobilenet: {
    name: 'mobilenetv3_large_100',
    id: 'mobilenetv3',
    label: 'MobileNetV3-Large',
    side: 224,
    macs: 216_589_760,
  },
  mobilevit: { name: 'mobilevit_xxs', id: 'mobilevit', label: 'MobileViT-XXS', side: 256, macs: 407_364_096 },
} as const satisfies Record<string, Net>;

function modelCase(net: Net, batch: number, threads: number, quick: boolean): TimedCase {
  const shape = [batch, 3, net.side, net.side];
  return {
    kind: 'timed',
    id: `${net.id}-b${batch}${threads > 1 ? `-t${threads}` : ''}`,
    group: 'model',
    title: `${net.label}, ${net.side} pixels, batch ${batch}`,
    threads,
    quick,
    work: { unit: 'flop', amount: 2 * net.macs * batch },
    async prepare() {
      const input = picture(batch, net.side);
      const { network, contestant } = await openNetwork(net.name, input, shape, threads);
      const all: (Contestant | Absent)[] = [contestant];
      // With threads, ours on one thread runs beside them: the speed-up is a ratio within one round.
      if (threads > 1) all.push((await openNetwork(net.name, input, shape, 1, 'paperzoo-1')).contestant);
      const onnx = await exportNetwork(network, shape);
      for (const peer of peers) {
        all.push(await guard(peer, threads, () => peer.graph({ onnx, input, shape }, threads)));
      }
      return all;
    },
  };
}

/** Whole networks. Batch 1 is a page's case, 16 the paper's; batch 4 shows what a second thread is worth. */
export const modelCases: readonly TimedCase[] = [
  modelCase(NETS.m0, 1, 1, true),
  modelCase(NETS.m2, 1, 1, true),
  modelCase(NETS.m5, 1, 1, true),
  modelCase(NETS.mobilenet, 1, 1, false),
  modelCase(NETS.mobilevit, 1, 1, false),
  ...Object.values(NETS).map((net) => modelCase(net, 16, 1, false)),
  modelCase(NETS.m5, 4, 2, true),
  modelCase(NETS.m0, 1, 2, false),
  modelCase(NETS.m5, 1, 2, false),
];
