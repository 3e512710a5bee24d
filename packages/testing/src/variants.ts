import { resolveAttrs, ZooError, type Op, type Sample, type SampleInput, type Spec } from '@paperzoo/core';
import { sizeOf, specsOf } from './host';
import { Random } from './random';

/** Sizes that tiles and vectors of 4, 8 and 16 do not divide, beside nothing and one. */
const SIZES = [0, 1, 2, 5, 17, 35];
const PER_SAMPLE = 10;
/** Elements that are enough to be split over threads. */
const LARGE = 40_000;
const MOST_FLOPS = 20e6;

/**
 * More samples made of an op's own: every size that occurs in one is replaced, in all inputs and attribute lists that hold it, by
 * other sizes. What the shape rule refuses is left out. So a batch axis takes the sizes 0, 1, 2, 5, 17, 35, and so does every other.
 */
export function variants(op: Op): Sample[] {
  const found = new Map<string, Sample>();
  const take = (sample: Sample): boolean => {
    const key = JSON.stringify([sample.ins, sample.attrs]);
    if (found.has(key) || !accepted(op, sample)) return false;
    found.set(key, sample);
    return true;
  };
  const samples = op.samples?.() ?? [];
  for (const sample of samples) {
    const swaps = sizesIn(sample).flatMap((size) => SIZES.filter((n) => n !== size).map((n) => [size, n] as const));
    const random = new Random(`${op.name}/${sample.name}/sizes`);
    let left = PER_SAMPLE;
    while (left > 0 && swaps.length > 0) {
      const [size, other] = swaps.splice(random.below(swaps.length), 1)[0]!;
      if (take(resized(sample, size, other))) left--;
    }
  }
  // One large case, for kernels that split their work: the first sample that can be enlarged without becoming slow.
  for (const sample of samples) {
    if (sizesIn(sample).some((size) => take(enlarged(op, sample, size)))) break;
  }
  return [...found.values()];
}

/** Some of them, drawn by the name of what they are for: always the same there, and others elsewhere. */
export function fewVariants(op: Op, count: number, seed: string): Sample[] {
  const all = variants(op);
  const random = new Random(`${op.name}/${seed}/few`);
  while (all.length > count) all.splice(random.below(all.length), 1);
  return all;
}

const sizesIn = (sample: Sample): number[] => [
  ...new Set(sample.ins.flatMap((x) => (x && Array.isArray(x.fill) ? [] : (x?.shape ?? []))).filter((n) => n > 1)),
];

/** `sample` with every axis of `size` made `other`. */
function resized(sample: Sample, size: number, other: number): Sample {
  const swap = (n: number) => (n === size ? other : n);
  const ins = sample.ins.map((x): SampleInput | null => {
    if (!x || Array.isArray(x.fill)) return x;
    return { ...x, shape: x.shape.map(swap), ...(x.below === undefined ? {} : { below: swap(x.below) }) };
  });
  const attrs = Object.fromEntries(
    Object.entries(sample.attrs ?? {}).map(([name, value]) => [
      name,
      name.toLowerCase().includes('shape') && Array.isArray(value) ? (value as number[]).map(swap) : (value as unknown),
    ]),
  );
  return { name: `${sample.name}, ${size} as ${other}`, ins, attrs };
}

function enlarged(op: Op, sample: Sample, size: number): Sample {
  const elements = Math.max(...sample.ins.map((x) => (x ? sizeOf(x.shape) : 0)));
  const axes = Math.max(...sample.ins.map((x) => x?.shape.filter((n) => n === size).length ?? 0));
  const factor = (LARGE / Math.max(1, elements)) ** (1 / Math.max(1, axes));
  const large = resized(sample, size, Math.ceil(size * factor) | 1);
  return { ...large, name: `${large.name} (large)` };
}

/** Whether the shape rule takes a sample and the float64 device can compute it in a moment. */
function accepted(op: Op, sample: Sample): boolean {
  try {
    const ins = specsOf(sample);
    const attrs = resolveAttrs(op.name, op.attrs, sample.attrs);
    const shaped = op.shape(ins, attrs);
    const outs = Array.isArray(shaped) ? (shaped as Spec[]) : [shaped as Spec];
    const flops = op.cost?.(ins, outs, attrs).flops ?? 0;
    return flops <= MOST_FLOPS && [...ins, ...outs].every((x) => !x || sizeOf(x.shape) <= 4 * LARGE);
  } catch (error) {
    if (error instanceof ZooError) return false;
    throw error;
  }
}
