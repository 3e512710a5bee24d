import { goalsOf } from '../src/goals';
import type { Row, SuiteResult } from '../src/results';

const stats = { min: 1.234, median: 1.5, p10: 1.3, p90: 2, samples: 7, calls: 3, cpu: 1.4 };
const rows: Row[] = [
  {
    ...{ kind: 'timed', id: 'efficientvit-m0-b1', group: 'model', title: 'EfficientViT-M0, 224 pixels, batch 1' },
    ...{ threads: 1, work: { unit: 'flop', amount: 1e9 } },
    entries: [
      { id: 'paperzoo', label: 'paperzoo', threads: 1, stats, rate: 30, share: 0.8, ratio: 1, medianRatio: 1 },
      { id: 'onnxruntime-web', label: 'onnxruntime-web', threads: 1, stats, difference: 2e-6, ratio: 2.5, share: 0.3 },
      { id: 'tfjs-wasm', label: 'tfjs-wasm', threads: 1, unavailable: 'runs <no> graphs & "such"' },
    ],
  },
  {
    ...{ kind: 'timed', id: 'gemm-960x960x960', group: 'gemm', title: 'GEMM 960 × 960 × 960', threads: 1 },
    entries: [{ id: 'paperzoo', label: 'paperzoo', threads: 1, stats, rate: 36, share: 0.9, ratio: 1 }],
  },
  {
    ...{ kind: 'timed', id: 'toy-length', group: 'toy', title: 'Toys <over> their length', threads: 1, agree: false },
    definition: 'What <exactly> is timed.',
    entries: [256, 512, 1024].flatMap((T) =>
      ['toy', 'other'].map((method) => {
        const id = `${method} ${T}`;
        return { id, label: id, threads: 1, stats: { ...stats, min: method === 'toy' ? T / 100 : T ** 2 / 1e5 } };
      }),
    ),
  },
  {
    kind: 'figure',
    id: 'size-core',
    group: 'size',
    title: 'core',
    unit: 'kB',
    value: 20.4,
    details: { 'minified kB': 60 },
  },
  { kind: 'figure', id: 'cold-start', group: 'start', title: 'start', unit: 'ms', unavailable: 'no checkpoint' },
];
/** A small result with everything that a report may have to show: long names, reasons, hostile text. */
export const result: SuiteResult = {
  ...{
    schema: 1,
    suite: 'quick',
    filter: '<script>alert(1)</script>',
    date: '2026-01-02T03:04:05.678Z',
    seconds: 12.3,
  },
  command: 'paperzoo bench --quick',
  machine: {
    ...{ cpu: 'Some <CPU>', cores: 2, memoryBytes: 2 ** 33, os: 'Linux', node: '20.20.2', v8: '11', loadAtStart: 3 },
    packages: { '@paperzoo/core': '0.1.0' },
  },
  peaks: [{ threads: 1, gflops: 40, copyGBs: 10 }],
  rows,
  goals: goalsOf(rows),
};
