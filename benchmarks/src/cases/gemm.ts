import { guard } from '../peers/guard';
import { peers } from '../peers/index';
import { FUSED, ourFusedGemm, ourGemm } from '../peers/paperzoo';
import { ADAPTER, ourAdapterGemm } from '../peers/paperzoo-webgpu';
import type { TimedCase } from './case';
import { noise } from './noise';

interface Size {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly title: string;
  readonly quick?: boolean;
}

const cube = (side: number, quick = false): Size => ({
  ...{ m: side, k: side, n: side, quick },
  title: `${side} × ${side} × ${side}`,
});
const pointwise = (where: string, m: number, k: number, n: number, quick = false): Size => ({
  ...{ m, k, n, quick },
  title: `${m} × ${k} × ${n}, ${where}`,
});

/** Rows are pixels, columns channels: what EfficientViT's 1×1 convolutions are at 224 pixels, batch 1. */
const SIZES: readonly Size[] = [
  cube(256),
  cube(512, true),
  cube(960, true),
  pointwise('M0 stage 1 FFN', 196, 64, 128),
  pointwise('M0 stage 2 FFN', 49, 128, 256),
  pointwise('M0 stage 3 FFN', 16, 192, 384),
  pointwise('M5 stage 1 FFN', 196, 192, 384, true),
  pointwise('M5 stage 2 FFN', 49, 288, 576),
  pointwise('M5 stage 3 FFN', 16, 384, 768),
];

function gemmCase({ m, k, n, title, quick = false }: Size, threads: number): TimedCase {
  return {
    kind: 'timed',
    id: `gemm-${m}x${k}x${n}${threads > 1 ? `-t${threads}` : ''}`,
    group: 'gemm',
    title: `GEMM ${title}`,
    threads,
    quick: quick && (threads === 1 || m === 960),
    work: { unit: 'flop', amount: 2 * m * k * n },
    async prepare() {
      const problem = { m, k, n, a: noise(m * k, 1), b: noise(k * n, 2) };
      const contestants = [await ourGemm(problem, threads)];
      const others = [];
      for (const peer of peers) others.push(await guard(peer, threads, () => peer.gemm(problem, threads)));
      // Last, so that the flag it needs on Node 20 is not yet set while the others compile.
      others.push(await guard(FUSED, threads, () => ourFusedGemm(problem, threads)));
      if (threads === 1) others.push(await guard(ADAPTER, threads, () => ourAdapterGemm(problem)));
      return [...contestants, ...others];
    },
  };
}

/** Matrix products, on one and on two threads. */
export const gemmCases: readonly TimedCase[] = [1, 2].flatMap((threads) =>
  SIZES.map((size) => gemmCase(size, threads)),
);
