import type { Find, Target } from './cases/case';
import type { Entry, Goal, Row, TimedRow } from './results';

const entry = (row: TimedRow | undefined, id: string): Entry | undefined => row?.entries.find((e) => e.id === id);

/** The fastest WASM library besides ours. */
const bestWasm = (row: TimedRow | undefined): Entry | undefined =>
  ['onnxruntime-web', 'tfjs-wasm', 'jax-js']
    .map((id) => entry(row, id))
    .filter((e) => e?.ratio !== undefined)
    .sort((a, b) => a!.ratio! - b!.ratio!)[0];

/** Nobody can be faster than the machine: how far ahead of the best peer its limit lies. */
function headroom(peer: Entry | undefined): string | undefined {
  if (!peer?.share) return undefined;
  return `${peer.label} reaches ${(peer.share * 100).toFixed(0)} % of the peak on this machine: whoever reached all of it would be ${(1 / peer.share).toFixed(2)}× as fast.`;
}

const model = (name: string, aim?: number): Target => ({
  id: `${name}-ort-web`,
  text: `${name.toUpperCase()}, batch 1, one thread: onnxruntime-web’s time over ours`,
  ...{ unit: '×', sense: 'least', must: 1.5 },
  ...(aim === undefined ? {} : { aim }),
  value: ({ timed }) => entry(timed(`efficientvit-${name}-b1`), 'onnxruntime-web')?.ratio,
});

const native = (name: string): Target => ({
  id: `${name}-ort-node`,
  text: `${name.toUpperCase()}, batch 1, one thread: onnxruntime-node’s (native) time over ours`,
  ...{ unit: '×', sense: 'least', aim: 0.5 },
  value: ({ timed }) => entry(timed(`efficientvit-${name}-b1`), 'onnxruntime-node')?.ratio,
});

const besideOnAdapter = (subject: string, peer: string, text: string): Target => ({
  id: `webgpu-${subject}-${peer}`,
  text: `WebGPU on a graphics card, ${text} time over ours`,
  ...{ unit: '×', sense: 'least', must: 1 },
  value: ({ timed }) => entry(timed(`webgpu-${subject}`), peer)?.ratio,
});

const figure = (id: string, text: string, unit: string, aim: number, must?: number): Target => ({
  ...{ id, text, unit, sense: 'most', aim },
  ...(must === undefined ? {} : { must }),
  value: (find) => find.figure(id),
});

/** What the project promises of its speed and size: `must` is the promise, `aim` the ambition. */
const TARGETS: readonly Target[] = [
  {
    id: 'gemm-share',
    text: 'GEMM 960³, one thread: share of the measured SIMD128 peak',
    ...{ unit: '%', sense: 'least', must: 75, aim: 90 },
    value: ({ timed }) => percent(entry(timed('gemm-960x960x960'), 'paperzoo')?.share),
  },
  {
    id: 'gemm-peers',
    text: 'GEMM 960³, one thread: time of the best WASM library besides ours over ours',
    ...{ unit: '×', sense: 'least', must: 1.4, aim: 1.8 },
    value: ({ timed }) => bestWasm(timed('gemm-960x960x960'))?.ratio,
    note: ({ timed }) => headroom(bestWasm(timed('gemm-960x960x960'))),
  },
  {
    id: 'gemm-peers-fma',
    text: 'the same with our relaxedSimd option, which is off by default and which the others have not',
    ...{ unit: '×', sense: 'least', must: 1.4, aim: 1.8 },
    value({ timed }) {
      const row = timed('gemm-960x960x960');
      const [best, fused] = [bestWasm(row)?.stats?.min, entry(row, 'paperzoo-fma')?.stats?.min];
      return best && fused ? best / fused : undefined;
    },
  },
  model('m0', 2.4),
  model('m2'),
  model('m5', 2),
  {
    id: 'threads',
    text: 'M5, batch 4: one thread’s time over two threads’',
    ...{ unit: '×', sense: 'least', must: 1.6, aim: 1.9 },
    value: ({ timed }) => entry(timed('efficientvit-m5-b4-t2'), 'paperzoo-1')?.ratio,
  },
  native('m0'),
  native('m5'),
  {
    id: 'onnx-m0',
    text: 'M0 in onnxruntime-web: its time on PyTorch’s file over its time on ours',
    ...{ unit: '×', sense: 'least', must: 1 },
    value({ timed }) {
      const [own, theirs] = ['our-file', 'pytorch-file'].map((id) => entry(timed('onnx-m0'), id)?.stats?.min);
      return own && theirs ? theirs / own : undefined;
    },
  },
  figure('export-m5', 'export of EfficientViT-M5 to ONNX, in memory', 'ms', 2000, 2000),
  {
    id: 'op-overhead',
    text: 'one call of a small op',
    ...{ unit: 'µs', sense: 'most', must: 5, aim: 2 },
    value: ({ timed }) => microseconds(entry(timed('op-overhead'), 'paperzoo')?.stats?.min),
  },
  figure('cold-start', 'import, createZoo and first M0 answer, weights on disk', 'ms', 150, 400),
  figure('size-core', 'core, minified and gzipped', 'kB', 25, 40),
  figure('size-core-wasm', 'core and WASM device with all kernels, minified and gzipped', 'kB', 60, 80),
  {
    id: 'gla-ort',
    text: 'gla forward, 2048 tokens, 4 heads, K 64, V 128: onnxruntime-web’s LinearAttention over ours',
    ...{ unit: '×', sense: 'least', must: 2, aim: 4 },
    value: ({ timed }) => entry(timed('gla-ort-k64'), 'onnxruntime-web')?.ratio,
  },
  {
    id: 'gla-ort-large',
    text: 'the same, K 128, V 256',
    ...{ unit: '×', sense: 'least', must: 2, aim: 4 },
    value: ({ timed }) => entry(timed('gla-ort-k128'), 'onnxruntime-web')?.ratio,
  },
  {
    id: 'gla-train-lm',
    text: 'training step of a GLA language model, batch 8: the best of tfjs-wasm and jax-js over ours',
    ...{ unit: '×', sense: 'least', must: 1.5, aim: 3 },
    value: ({ timed }) => bestWasm(timed('gla-train-lm-b8'))?.ratio,
  },
  {
    id: 'gla-train-cnn',
    text: 'training step of an MNIST-sized convolutional network: the best of tfjs-wasm and jax-js over ours',
    ...{ unit: '×', sense: 'least', must: 1.2, aim: 2 },
    value: ({ timed }) => bestWasm(timed('gla-train-cnn'))?.ratio,
  },
  {
    id: 'webgpu-gemm-share',
    text: 'WebGPU on a graphics card, GEMM 2048³: share of the adapter’s measured multiply-add peak',
    ...{ unit: '%', sense: 'least', must: 40 },
    value: ({ timed }) => percent(entry(timed('webgpu-gemm'), 'paperzoo')?.share),
  },
  besideOnAdapter('gemm', 'onnxruntime-web', 'GEMM 2048³: onnxruntime-web’s'),
  besideOnAdapter('gemm', 'jax-js', 'GEMM 2048³: jax-js’'),
  besideOnAdapter('efficientvit', 'onnxruntime-web', 'EfficientViT-M5, batch 8: onnxruntime-web’s'),
  besideOnAdapter('gla', 'onnxruntime-web', 'prefill of gla_tiny, 4096 tokens: onnxruntime-web’s'),
  figure('gla-memory-training', 'growth of memory from training step 10 to 1,000', 'bytes', 0, 0),
  figure('gla-memory-decoding', 'growth of memory from generated token 10 to 1,000', 'bytes', 0, 0),
  figure('memory-m0', 'linear memory of M0 inference, weights included', 'MB', 40),
];

/** Holds the rows against the suite's targets and further ones. */
export function goalsOf(rows: readonly Row[], further: readonly Target[] = []): Goal[] {
  const find: Find = {
    timed: (id) => rows.find((r): r is TimedRow => r.kind === 'timed' && r.id === id),
    figure(id) {
      const row = rows.find((r) => r.id === id);
      return row?.kind === 'figure' ? row.value : undefined;
    },
  };
  return [...TARGETS, ...further].map(({ value: valueOf, note: noteOf, ...target }) => {
    const value = finite(valueOf(find));
    const note = noteOf?.(find);
    return {
      ...target,
      ...(value === undefined ? {} : { value }),
      ...(note === undefined ? {} : { note }),
      verdict: verdict(target, value),
    };
  });
}

function verdict(
  { sense, must, aim }: Pick<Target, 'sense' | 'must' | 'aim'>,
  value: number | undefined,
): Goal['verdict'] {
  if (value === undefined) return 'not measured';
  const reaches = (limit: number | undefined) =>
    limit !== undefined && (sense === 'least' ? value >= limit : value <= limit);
  if (reaches(aim)) return 'aim';
  if (must === undefined) return 'printed';
  return reaches(must) ? 'must' : 'missed';
}

const finite = (value: number | undefined) => (Number.isFinite(value) ? value : undefined);
const percent = (share: number | undefined) => (share === undefined ? undefined : share * 100);
const microseconds = (ms: number | undefined) => (ms === undefined ? undefined : ms * 1000);
