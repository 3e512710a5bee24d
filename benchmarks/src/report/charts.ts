import type { TopLevelSpec } from 'vega-lite';
import type { Peak, TimedRow } from '../results';
import { times } from './format';
import { INK } from './svg';

/** Everybody in the order of the legend. */
const LIBRARIES = ['paperzoo', 'onnxruntime-web', 'tfjs-wasm', 'jax-js', 'onnxruntime-node'];

/** Colour and legend of the libraries that a chart shows, each always in its own colour; a narrow legend has two columns. */
const colour = (shown: readonly string[], width: number) => {
  const domain = LIBRARIES.filter((library) => shown.includes(library));
  return {
    ...{ field: 'library', type: 'nominal' },
    scale: { domain, range: domain.map((library) => INK.series[LIBRARIES.indexOf(library)]!) },
    legend: { columns: width < 400 ? 2 : 0 },
  };
};

/** A title short enough to stand beside a bar. */
export const shortTitle = (title: string): string =>
  title
    .replace(/^GEMM ([^,]+).*/, (_all, size: string) => size.replaceAll(' ', ''))
    .replace(/^(\d+)×\1×\1$/, '$1³')
    .replace('EfficientViT-', '')
    .replace(/-(Large|XXS)/, '')
    .replace(/, \d+ pixels, batch /, ' b');

interface Size {
  readonly width: number;
}

/** How many times as long each library takes: one line per case, one mark per library, on a scale where halves and doubles are equally far. */
export function ratioChart(rows: readonly TimedRow[], { width }: Size): TopLevelSpec {
  const values = rows.flatMap((row) =>
    row.entries
      .filter((e) => e.ratio !== undefined && LIBRARIES.includes(e.id))
      .map((e) => ({ case: shortTitle(row.title), library: e.label, ratio: e.ratio, text: times(e.ratio!) })),
  );
  const y = {
    field: 'case',
    type: 'nominal',
    sort: null,
    title: null,
    axis: { labelLimit: Math.max(160, width / 2.2), grid: true },
  } as const;
  const x = {
    field: 'ratio',
    type: 'quantitative',
    scale: { type: 'log', base: 2, nice: false, padding: 24 },
    axis: { title: 'time over ours (log scale)', values: [0.125, 0.25, 0.5, 1, 1.5, 2, 3, 4, 8], format: '~g' },
  } as const;
  return {
    data: { values },
    ...{ width, height: { step: 34 } },
    encoding: { y },
    layer: [
      {
        mark: { type: 'rule', color: INK.quiet, strokeDash: [4, 3] },
        data: { values: [{}] },
        encoding: { x: { datum: 1, ...withoutField(x) }, y: { value: 0 }, y2: { value: 'height' } },
      },
      {
        mark: { type: 'point', filled: true, size: 110, opacity: 1 },
        encoding: {
          x,
          color: colour(
            values.map((v) => v.library),
            width,
          ),
        },
      },
      {
        mark: { type: 'text', dy: -11, fontSize: 10, color: INK.quiet },
        encoding: { x, text: { field: 'text' } },
        transform: [{ filter: "datum.library !== 'paperzoo'" }],
      },
    ],
  } as TopLevelSpec;
}

/** Lanes named after a method and a length, such as `gla 512`: one line per method, both axes logarithmic. */
export function lengthChart({ entries }: TimedRow, { width }: Size): TopLevelSpec {
  const values = entries.flatMap(({ label, stats }) => {
    const [, method, length] = LENGTH_LANE.exec(label) ?? [];
    return stats && method ? [{ method, length: Number(length), ms: stats.min }] : [];
  });
  const methods = [...new Set(values.map(({ method }) => method))];
  const axis = (title: string, tickCount: number, format: string) => ({ title, grid: true, tickCount, format });
  return {
    data: { values },
    ...{ width, height: 220 },
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'length',
        type: 'quantitative',
        scale: { type: 'log', base: 2 },
        axis: axis('length', width / 90, 'd'),
      },
      y: { field: 'ms', type: 'quantitative', scale: { type: 'log' }, axis: axis('milliseconds', 4, '~g') },
      color: {
        ...{ field: 'method', type: 'nominal' },
        scale: { domain: methods, range: methods.map((_, i) => INK.series[i % INK.series.length]!) },
      },
    },
  } as TopLevelSpec;
}

const LENGTH_LANE = /^(.+) (\d+)$/;

/** Whether a case is a sweep over lengths: three or more of them. */
export const isSweep = ({ agree, entries }: TimedRow): boolean =>
  agree === false && entries.length > 2 && entries.every(({ label }) => LENGTH_LANE.test(label));

const withoutField = ({ scale, axis, type }: { scale: object; axis: object; type: string }) => ({ scale, axis, type });

/** Operations per second of each library, with the machine's own limit as a line. */
export function rateChart(rows: readonly TimedRow[], peak: Peak | undefined, { width }: Size): TopLevelSpec {
  const values = rows.flatMap((row) =>
    row.entries
      .filter((e) => e.rate !== undefined && LIBRARIES.includes(e.id) && e.id !== 'onnxruntime-node')
      .map((e) => ({ case: shortTitle(row.title), library: e.label, gflops: e.rate })),
  );
  const peakValues = peak ? [{ peak: peak.gflops, text: `peak ${peak.gflops.toFixed(1)}` }] : [];
  return {
    width,
    height: { step: 12 },
    layer: [
      {
        data: { values },
        mark: { type: 'bar', height: { band: 0.9 } },
        encoding: {
          y: {
            field: 'case',
            type: 'nominal',
            sort: null,
            title: null,
            axis: { labelLimit: Math.max(160, width / 2.2) },
            scale: { paddingInner: 0.25 },
          },
          yOffset: { field: 'library', type: 'nominal', sort: LIBRARIES, scale: { domain: LIBRARIES.slice(0, 4) } },
          x: { field: 'gflops', type: 'quantitative', axis: { title: 'GFLOP/s', grid: true, tickCount: width / 90 } },
          color: colour(
            values.map((v) => v.library),
            width,
          ),
        },
      },
      {
        data: { values: peakValues },
        mark: { type: 'rule', color: INK.text, strokeDash: [4, 3] },
        encoding: { x: { field: 'peak', type: 'quantitative' } },
      },
      {
        data: { values: peakValues },
        mark: { type: 'text', align: 'right', dx: -4, fontSize: 11, color: INK.text, baseline: 'bottom' },
        encoding: { x: { field: 'peak', type: 'quantitative' }, y: { value: -2 }, text: { field: 'text' } },
      },
    ],
  } as TopLevelSpec;
}
